package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"lanyard/broker/doctor"
	"lanyard/broker/failure"
	"lanyard/ui/words"
)

// DiagnosticsText is a report as text, for a terminal and for a message to IT.
// It is complete: the short code, then each row with what is next.
func DiagnosticsText(b words.Book, r doctor.Report, version string) string {
	var t strings.Builder
	fmt.Fprintf(&t, "%s  Lanyard %s  %s\n", r.Code(), version, r.At.Format(time.RFC3339))
	for _, row := range r.Rows {
		verdict := b.Text(words.Key("diagnostics.verdict." + string(row.Verdict)))
		s := sayRow(b, row)
		fmt.Fprintf(&t, "%-9s %s: %s%s\n", verdict, nameOfRow(b, row.ID), s.text, detail(row))
		if row.Verdict != doctor.Look && row.Verdict != doctor.Trouble {
			continue
		}
		if s.next != "" {
			fmt.Fprintf(&t, "          %s (%s)\n", s.next, b.Text(actor(row.Actor())))
		}
		if row.Fix.Command != "" {
			fmt.Fprintf(&t, "          %s\n", b.Text(words.DiagCommand, "command", row.Fix.Command))
		}
	}
	return t.String()
}

// detail is what a row of trouble holds for IT, and its code.
func detail(r doctor.Row) string {
	text := ""
	if r.Code != "" {
		text = " [" + string(r.Code) + "]"
	}
	if d := r.Values[doctor.Detail]; d != "" {
		text += " " + cut(d, maxDetail)
	}
	return text
}

// diagnosticsJSON is a report for programs.
type diagnosticsJSON struct {
	ShortCode string    `json:"short_code"`
	Version   string    `json:"version"`
	At        time.Time `json:"at"`
	Rows      []rowJSON `json:"rows"`
}

type rowJSON struct {
	ID      doctor.ID         `json:"id"`
	Verdict doctor.Verdict    `json:"verdict"`
	Say     doctor.Say        `json:"say,omitempty"`
	Code    failure.Code      `json:"code,omitempty"`
	Text    string            `json:"text"`
	Next    string            `json:"next,omitempty"`
	Actor   string            `json:"actor,omitempty"`
	Fix     *doctor.Fix       `json:"fix,omitempty"`
	N       int               `json:"n,omitempty"`
	Values  map[string]string `json:"values,omitempty"`
}

// DiagnosticsJSON writes a report for programs, with its words.
func DiagnosticsJSON(w io.Writer, b words.Book, r doctor.Report, version string) error {
	v := diagnosticsJSON{ShortCode: r.Code(), Version: version, At: r.At}
	for _, row := range r.Rows {
		s := sayRow(b, row)
		j := rowJSON{ID: row.ID, Verdict: row.Verdict, Say: row.Say, Code: row.Code, Text: s.text, N: row.N, Values: row.Values}
		if row.Verdict == doctor.Look || row.Verdict == doctor.Trouble {
			j.Next, j.Actor = s.next, row.Actor().String()
		}
		if row.Fix.Kind != doctor.NoFix {
			j.Fix = &row.Fix
		}
		v.Rows = append(v.Rows, j)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Explained says what a code means that somebody read out: a short code, the
// code of a failure, or one of the old service. Known is false where it is none.
func Explained(b words.Book, code string) (text string, known bool) {
	code = strings.TrimSpace(code)
	if e, ok := failure.Lookup(failure.Code(strings.ToUpper(code))); ok {
		return explainEntry(b, e), true
	}
	if all := KnownAs(code); len(all) > 0 {
		text := ""
		if len(all) > 1 {
			text = b.Text(words.DiagExplainMany, "code", all[0].Known) + "\n"
		}
		for _, e := range all {
			text += explainEntry(b, e)
		}
		return text, true
	}
	told, err := doctor.Explain(code)
	code = Plain(code)
	switch {
	case errors.Is(err, doctor.ErrNewerCode):
		return b.Text(words.DiagExplainNewer, "code", code) + "\n", false
	case errors.Is(err, doctor.ErrMistyped):
		return b.Text(words.DiagExplainMistyped, "code", code) + "\n", false
	case err != nil:
		return b.Text(words.DiagExplainNone, "code", code) + "\n", false
	}
	return explainTold(b, told), true
}

// explainTold groups the rows by verdict, the worst first.
func explainTold(b words.Book, told doctor.Told) string {
	var t strings.Builder
	for _, v := range []doctor.Verdict{doctor.Trouble, doctor.Look, doctor.None, doctor.Good} {
		var names []string
		for _, r := range told.Rows {
			if r.Verdict == v {
				names = append(names, nameOfRow(b, r.ID))
			}
		}
		if len(names) > 0 {
			fmt.Fprintf(&t, "%s: %s\n", b.Text(words.Key("diagnostics.verdict."+string(v)+".long")), strings.Join(names, ", "))
		}
	}
	if e, ok := failure.Lookup(told.Code); ok {
		fmt.Fprintf(&t, "%s\n%s", b.Text(words.DiagExplainFirst), explainEntry(b, e))
	}
	return t.String()
}

func explainEntry(b words.Book, e failure.Entry) string {
	text, next, _ := b.Failure(e.Code)
	code := string(e.Code)
	if e.Known != "" {
		code += ", " + b.Text(words.DiagAlso, "code", e.Known)
	}
	return fmt.Sprintf("%s\n  %s\n  %s (%s)\n", code, text, next, b.Text(actor(e.Actor)))
}

// actor is who takes a step, within a sentence.
func actor(a failure.Actor) words.Key {
	switch a {
	case failure.You:
		return words.DiagActorYou
	case failure.RA:
		return words.DiagActorRA
	case failure.National:
		return words.DiagActorNational
	case failure.Developer:
		return words.DiagActorDeveloper
	default:
		return words.DiagActorLocalIT
	}
}
