package view

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/words"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Session is the desk's own window: who is signed on, what uses it, and how
// the chain from the card to the directory does.
type Session struct {
	Rest   *Resting // nobody is signed on, or the desk is locked
	Person *SignedOn
	Note   *Note
	NoteDo []Button // within the note, the filled one first
	Links  []Link
	Using  *Using  // nil where nobody is signed on
	Places *Places // nil where nobody is signed on
	Owed   string
	Left   []Button
	Right  []Button
	Filled Button // at most one, and none at rest
}

// Resting is the big picture with a sentence.
type Resting struct {
	Icon     Icon
	Title    string
	Sentence string
	Second   string // empty for none
}

// SignedOn is who is signed on.
type SignedOn struct {
	Initials string
	Name     string
	Role     string
	Place    string
	Chip     string
	Tone     Tone
	Hours    string
}

// SessionOf makes the window. Offline tells how long it is until the next try.
func SessionOf(b words.Book, s agent.Snapshot, o Options, now time.Time) Session {
	v := Session{Links: links(b, s)}
	if s.Owed > 0 {
		v.Owed = b.Count(words.Owed, s.Owed)
	}
	switch s.Phase {
	case agent.SignedOn, agent.Offline, agent.Renewing:
		signedOn(b, s, o, now, &v)
	default:
		resting(b, s, o, &v)
	}
	return v
}

func signedOn(b words.Book, s agent.Snapshot, o Options, now time.Time, v *Session) {
	v.Person = personOf(b, s)
	v.Using, v.Places = usingOf(b, s), placesOf(b, s, now)
	if len(s.Roles) > 1 {
		v.Left = append(v.Left, Button{b.Text(words.ChangeRole), ChangeRole})
	}
	if s.Card != nil {
		v.Left = append(v.Left, Button{b.Text(words.TrayCard), ShowCare})
	}
	if s.Phase != agent.Renewing {
		v.Right = append(v.Right, Button{b.Text(words.LockNow), LockDesk})
	}
	v.Right = append(v.Right, Button{b.Text(words.SignOut), SignOut})
	switch {
	case s.Phase == agent.Offline:
		v.Note, v.NoteDo = offline(b, s, now), []Button{{b.Text(words.TryNow), TryNow}}
		if o.Diagnostics {
			v.NoteDo = append(v.NoteDo, Button{b.Text(words.WhatToCheck), ShowDiagnostics})
		}
	case s.Problem != nil && s.Problem.Code != failure.UserAbort:
		st := StatusOf(b, s)
		v.Note = &Note{Tone: Careful, Title: trimStop(st.Title), Sentence: st.Sentence, Code: string(st.Code)}
	case endsSoon(s, now):
		v.Note = Expiry(b, s, now)
	default:
		v.Note = &Note{Tone: Neutral, Sentence: b.Text(removalNote(s.Mode))}
	}
}

func personOf(b words.Book, s agent.Snapshot) *SignedOn {
	p := &SignedOn{Initials: initials(owner(s)), Name: owner(s), Chip: b.Text(words.SignedOn), Tone: Good}
	if s.Role != nil {
		p.Role = RoleName(*s.Role)
		p.Place = s.Role.OrgName
		if s.Role.OrgCode != "" {
			p.Place += " · " + s.Role.OrgCode
		}
	}
	if !s.Since.IsZero() {
		p.Hours = hours(b, s)
	}
	if s.Phase == agent.Renewing {
		p.Chip, p.Tone = b.Text(words.Renewing), Careful
	}
	return p
}

// offline says which part of the way does not answer.
func offline(b words.Book, s agent.Snapshot, now time.Time) *Note {
	n := &Note{Tone: Bad, Title: silent(b, s), Sentence: b.Text(words.StillOn)}
	if s.Problem != nil {
		n.Code = string(s.Problem.Code)
	}
	if wait := s.NextTry.Sub(now); !s.NextTry.IsZero() && wait > 0 {
		n.Sentence += " " + b.Count(words.NextTryIn, int((wait+time.Second-1)/time.Second))
	}
	return n
}

// silent names the link that does not answer.
func silent(b words.Book, s agent.Snapshot) string {
	switch {
	case s.Links.Network == agent.LinkBroken:
		return b.Text(words.NetworkSilent)
	case s.Links.Directory == agent.LinkBroken:
		return b.Text(words.DirectorySilent)
	default:
		return b.Text(words.ServerSilent)
	}
}

// initials are the first letters of the first and the last name.
func initials(name string) string {
	parts := strings.Fields(name)
	if len(parts) > 2 {
		parts = []string{parts[0], parts[len(parts)-1]}
	}
	var out strings.Builder
	for _, p := range parts {
		if r, _ := utf8.DecodeRuneInString(p); unicode.IsLetter(r) {
			out.WriteRune(unicode.ToUpper(r))
		}
	}
	return out.String()
}
