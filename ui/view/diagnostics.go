package view

import (
	"slices"
	"strings"
	"time"

	"lanyard/broker/doctor"
	"lanyard/broker/failure"
	"lanyard/ui/words"
)

// Line is a line of a list: a mark, a name, what is so, and one button.
type Line struct {
	Tone   Tone // its mark; Neutral is a dash
	Name   string
	Text   string
	Second string // what to do about it; empty: nothing
	Button string // what its button says; empty: it has none
	Filled bool   // its button is the window's filled one
}

// Diagnostics is the window that tells what is wrong on this machine.
type Diagnostics struct {
	Title    string
	Sentence string
	Tone     Tone
	Code     string // the short code; empty while the examination runs
	List     string // names the list for a screen reader
	Rows     []DiagnosticsRow
	Names    string // the wish for a bundle with names
	Save     string
	Copy     string
	Again    string
}

// DiagnosticsRow is one thing that was looked at.
type DiagnosticsRow struct {
	Line
	ID  doctor.ID
	Fix doctor.Fix
}

// DiagnosticsOf makes the window. While the examination runs, done is false
// and the rows that came stand among those that are awaited; after it, what
// needs somebody stands first.
func DiagnosticsOf(b words.Book, r doctor.Report, done bool) Diagnostics {
	v := Diagnostics{
		Title: b.Text(words.DiagBusy), Sentence: b.Text(words.DiagBusySentence), List: b.Text(words.DiagList),
		Names: b.Text(words.DiagNames), Save: b.Text(words.DiagSave), Copy: b.Text(words.Copy), Again: b.Text(words.DiagAgain),
	}
	if !done {
		v.Rows = awaited(b, r)
		return v
	}
	needing := 0
	for _, row := range r.Rows {
		if row.Verdict == doctor.Look || row.Verdict == doctor.Trouble {
			needing++
		}
		v.Rows = append(v.Rows, diagnosticsRow(b, row))
	}
	slices.SortStableFunc(v.Rows, func(a, b DiagnosticsRow) int { return urgency(b.Tone) - urgency(a.Tone) })
	if i := slices.IndexFunc(v.Rows, func(r DiagnosticsRow) bool { return r.Button != "" }); i >= 0 {
		v.Rows[i].Filled = true
	}
	v.Title, v.Tone, v.Code = b.Text(words.DiagGood), Good, r.Code()
	if needing > 0 {
		v.Title, v.Tone = b.Count(words.DiagTitle, needing), Careful
	}
	v.Sentence = b.Text(words.DiagChecked, "time", words.Clock(r.At))
	return v
}

// urgency orders rows: what needs somebody first, all else as it came.
func urgency(t Tone) int {
	switch t {
	case Bad:
		return 2
	case Careful:
		return 1
	default:
		return 0
	}
}

// awaited are all rows in their order, those that did not come yet without a
// verdict.
func awaited(b words.Book, r doctor.Report) []DiagnosticsRow {
	var rows []DiagnosticsRow
	for _, id := range doctor.Order() {
		row := DiagnosticsRow{ID: id, Line: Line{Name: nameOfRow(b, id), Text: b.Text(words.DiagPending)}}
		for _, came := range r.Rows {
			if came.ID == id {
				row = diagnosticsRow(b, came)
				row.Fix, row.Button = doctor.Fix{}, "" // not before all is known
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func nameOfRow(b words.Book, id doctor.ID) string {
	return b.Text(words.Key("diagnostics.name." + string(id)))
}

func diagnosticsRow(b words.Book, r doctor.Row) DiagnosticsRow {
	said := sayRow(b, r)
	v := DiagnosticsRow{ID: r.ID, Line: Line{Tone: toneOfVerdict(r.Verdict), Name: nameOfRow(b, r.ID), Text: trimStop(said.text), Second: said.next}}
	if r.Verdict != doctor.Look && r.Verdict != doctor.Trouble {
		v.Second = ""
		return v
	}
	if r.Code != "" {
		v.Second = strings.TrimSpace(v.Second + " [" + string(r.Code) + "]")
	}
	v.Fix, v.Button = r.Fix, fixButton(b, r.Fix)
	return v
}

func toneOfVerdict(v doctor.Verdict) Tone {
	switch v {
	case doctor.Good:
		return Good
	case doctor.Look:
		return Careful
	case doctor.Trouble:
		return Bad
	default:
		return Neutral
	}
}

func fixButton(b words.Book, f doctor.Fix) string {
	if f.Kind == doctor.NoFix {
		return ""
	}
	return b.Text(words.Key("diagnostics.fix." + string(f.Kind)))
}

// said is a row in words.
type said struct{ text, next string }

// sayRow words a row: by its sentence, else by the catalogue of failures.
func sayRow(b words.Book, r doctor.Row) said {
	var s said
	if text, next, ok := b.Failure(r.Code); ok {
		s = said{text, next}
	}
	if r.Say == "" {
		return s
	}
	key := words.Key("diagnostics." + string(r.Say))
	pairs := pairsOf(b, r)
	if slices.Contains(doctor.Counted(), r.Say) {
		s.text = strings.NewReplacer(braced(pairs)...).Replace(b.Count(key, r.N))
	} else {
		s.text = b.Text(key, pairs...)
	}
	if slices.Contains(doctor.Advised(), r.Say) {
		s.next = b.Text(key+".next", pairs...)
	}
	return s
}

// pairsOf are a row's values as the sentence shows them: days are written as
// the language writes them.
func pairsOf(b words.Book, r doctor.Row) []string {
	var pairs []string
	for name, value := range r.Values {
		if day, err := time.ParseInLocation(time.DateOnly, value, time.Local); err == nil {
			value = b.Date(day)
		}
		pairs = append(pairs, name, cut(value, maxDetail))
	}
	return pairs
}

func braced(pairs []string) []string {
	out := slices.Clone(pairs)
	for i := 0; i < len(out); i += 2 {
		out[i] = "{" + out[i] + "}"
	}
	return out
}

// DiagnosticsSaving is the note that a bundle is being written.
func DiagnosticsSaving(b words.Book) Note { return Note{Title: b.Text(words.DiagSaving)} }

// DiagnosticsSaved is the note that a bundle lies at a path.
func DiagnosticsSaved(b words.Book, path string) Note {
	return Note{Tone: Good, Title: b.Text(words.DiagSaved), Sentence: b.Text(words.DiagSavedAt, "path", path)}
}

// DiagnosticsNotSaved is the note that no bundle was written, and why.
func DiagnosticsNotSaved(b words.Book, why error) Note {
	return Note{Tone: Careful, Title: b.Text(words.DiagNotSaved), Sentence: why.Error()}
}

// DiagnosticsCopied is the note that the clipboard holds the rows, or the
// command of a fix.
func DiagnosticsCopied(b words.Book, command string) Note {
	if command == "" {
		return Note{Tone: Good, Title: b.Text(words.DiagCopied), Sentence: b.Text(words.DiagCopiedText)}
	}
	return Note{Tone: Good, Title: b.Text(words.DiagCopied), Sentence: b.Text(words.DiagCopiedCommand, "command", command)}
}

// DiagnosticsUnlocking is the note that the keyring waits for its password.
func DiagnosticsUnlocking(b words.Book) Note { return Note{Title: b.Text(words.DiagUnlocking)} }

// DiagnosticsLocked is the note that the keyring was not unlocked.
func DiagnosticsLocked(b words.Book) Note {
	return Note{Tone: Careful, Title: b.Text(words.DiagStillLocked)}
}

// KnownAs are the failures that a code of the old service stood for.
func KnownAs(code string) []failure.Entry {
	var all []failure.Entry
	for _, e := range failure.All() {
		if e.Known != "" && strings.EqualFold(e.Known, code) {
			all = append(all, e)
		}
	}
	return all
}
