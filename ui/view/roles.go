package view

import (
	"slices"
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/ui/words"
)

// searchFrom is from how many roles on there is a field to search in.
const searchFrom = 8

// Roles is the window that asks for the role.
type Roles struct {
	Title     string
	Prompt    string // in the empty search field
	Searched  bool   // there is a search field
	Count     string // "42 of 500 roles"
	Order     string // "most used first"
	Rows      []RoleRow
	None      *Note // no role fits what was typed
	EnterHint string
	LastUsed  string
	Choose    string // beside the arrows
	Filled    Button
	Other     Button
}

// RoleRow is one role to choose from.
type RoleRow struct {
	ID      broker.RoleProfileID
	Name    []Span
	Place   []Span
	Used    string // when it was used last; empty: never on this desk
	Current bool   // the one in use
}

// Span is a piece of a text; Match is what was searched for.
type Span struct {
	Text  string
	Match bool
}

// RolesOf makes the window for what was typed so far.
func RolesOf(b words.Book, s agent.Snapshot, typed string, now time.Time) Roles {
	fit := Filter(s.Roles, typed)
	v := Roles{
		Title: b.Text(words.WhichRole), Prompt: b.Text(words.Search), Searched: len(s.Roles) >= searchFrom || typed != "",
		EnterHint: b.Text(words.EnterKey), LastUsed: b.Text(words.LastUsed), Choose: b.Text(words.Choose),
		Filled: Button{b.Text(words.UseRole), ChooseRole},
		Other:  Button{b.Text(words.SignOut), SignOut},
	}
	if s.Phase != agent.ChoosingRole { // a change of role, which can be thought better of
		v.Other = Button{b.Text(words.KeepRole), Dismiss}
	}
	if v.Searched {
		v.Count, v.Order = b.Count(words.RoleCount, len(fit)), b.Text(words.MostUsed)
		if len(fit) != len(s.Roles) {
			v.Count = b.Text(words.RolesOf, "n", itoa(len(fit)), "all", itoa(len(s.Roles)))
		}
	}
	if len(fit) == 0 {
		v.None = &Note{Title: b.Text(words.NoFit, "typed", typed), Sentence: b.Text(words.NoFitHint)}
		v.Filled = Button{b.Text(words.ClearSearch), ClearSearch}
		return v
	}
	terms := strings.Fields(strings.ToLower(typed))
	v.Rows = make([]RoleRow, len(fit))
	for i, r := range fit {
		place := r.OrgName
		if r.OrgCode != "" {
			place += " · " + r.OrgCode
		}
		v.Rows[i] = RoleRow{
			ID: r.ID, Name: mark(RoleName(r), terms), Place: mark(place, terms),
			Used: used(b, r.LastUsed, now), Current: s.Role != nil && s.Role.ID == r.ID,
		}
		if v.Rows[i].Current {
			v.Rows[i].Used = b.Text(words.CurrentRole)
		}
	}
	return v
}

// used says when a role was used last.
func used(b words.Book, at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	y, m, d := now.Local().Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, time.Local)
	switch {
	case !at.Before(midnight):
		return b.Text(words.Today, "time", words.Clock(at))
	case !at.Before(midnight.AddDate(0, 0, -1)):
		return b.Text(words.Yesterday, "time", words.Clock(at))
	default:
		return b.Date(at)
	}
}

// mark cuts a text where the terms stand in it.
func mark(text string, terms []string) []Span {
	lower := strings.ToLower(text)
	if len(lower) != len(text) || len(terms) == 0 {
		return []Span{{Text: text}} // a letter whose small form is of another length: show it whole
	}
	in := make([]bool, len(text))
	for _, t := range terms {
		for from := 0; ; {
			i := strings.Index(lower[from:], t)
			if i < 0 {
				break
			}
			for j := from + i; j < from+i+len(t); j++ {
				in[j] = true
			}
			from += i + len(t)
		}
	}
	var spans []Span
	for i := 0; i < len(text); {
		end := slices.Index(in[i:], !in[i])
		if end < 0 {
			end = len(in) - i
		}
		spans = append(spans, Span{Text: text[i : i+end], Match: in[i]})
		i += end
	}
	return spans
}
