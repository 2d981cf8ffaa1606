package view_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"lanyard/broker/doctor"
	"lanyard/broker/failure"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// sick is a report of a machine with two things to see to.
func sick() doctor.Report {
	return doctor.Report{
		At: time.Date(2026, 11, 24, 8, 14, 0, 0, time.Local),
		Rows: []doctor.Row{
			{ID: doctor.Card, Verdict: doctor.Good, Say: doctor.CardIn, Values: map[string]string{"atr": "3B 8F"}},
			{ID: doctor.Certificates, Verdict: doctor.Good, Say: doctor.CertsUntil, Values: map[string]string{"date": "2027-05-04"}},
			{ID: doctor.Clock, Verdict: doctor.Look, Say: doctor.ClockSlow, N: 3, Fix: doctor.Fix{Kind: doctor.CopyCommand, Command: "set the clock"}},
			{ID: doctor.Network, Verdict: doctor.Trouble, Code: failure.NetName, Fix: doctor.Fix{Kind: doctor.LookAgain}, Values: map[string]string{doctor.Detail: "no such\n host"}},
			{ID: doctor.Keyring, Verdict: doctor.None, Say: doctor.RingNone},
		},
	}
}

func TestDiagnostics(t *testing.T) {
	v := view.DiagnosticsOf(words.Book{}, sick(), true)
	if v.Title != "2 things need attention" || v.Sentence != "Checked at 08:14. No administrator rights needed." || v.Tone != view.Careful || v.Code != sick().Code() {
		t.Errorf("head: %+v", v)
	}
	var got []string
	for _, r := range v.Rows {
		line := r.Name + ": " + r.Text
		if r.Second != "" {
			line += " / " + r.Second
		}
		if r.Button != "" {
			line += " (" + r.Button + ")"
		}
		if r.Filled {
			line += " filled"
		}
		got = append(got, line)
	}
	want := []string{
		"Network: The name of the server cannot be found / Check the network cable or Wi-Fi; if it is up, ring local IT. [NET-NAME] (Look again) filled",
		"Clock: 3 minutes slow; the limit is 5 / Local IT can have it set by the network. (Copy the command)",
		"Card: In, and answers: 3B 8F", "Card's certificates: Until 4 May 2027", "Keyring: None on this desktop; nothing is stored",
	}
	text, next, _ := words.Book{}.Failure(failure.NetName)
	want[0] = "Network: " + strings.TrimSuffix(text, ".") + " / " + next + " [NET-NAME] (Look again) filled"
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestDiagnosticsWhileItRuns(t *testing.T) {
	r := sick()
	r.Rows = r.Rows[3:4]
	v := view.DiagnosticsOf(words.Book{}, r, false)
	if len(v.Rows) != len(doctor.Order()) || v.Code != "" {
		t.Errorf("%d rows, code %q", len(v.Rows), v.Code)
	}
	for _, row := range v.Rows {
		if came := row.ID == doctor.Network; (row.Tone == view.Bad) != came || (row.Text == "Looking...") == came || row.Button != "" {
			t.Errorf("%+v", row)
		}
	}
}

func TestHealthyDiagnosticsAreAtRest(t *testing.T) {
	v := view.DiagnosticsOf(words.Book{}, doctor.Report{Rows: sick().Rows[:2]}, true)
	if v.Title != "Everything works" || v.Tone != view.Good {
		t.Errorf("%+v", v)
	}
	for _, r := range v.Rows {
		if r.Filled || r.Second != "" {
			t.Errorf("a button without need: %+v", r)
		}
	}
}

// TestEverythingDoctorSaysHasWords holds that each sentence, name, verdict and
// fix of package doctor is in the catalogue, in both languages.
func TestEverythingDoctorSaysHasWords(t *testing.T) {
	hole := regexp.MustCompile(`[{}]|diagnostics\.`)
	full := map[string]string{}
	for _, name := range []string{"readers", "atr", "date", "path", "ms", "proxy", "script", "environment", "question", "ticket", "change"} {
		full[name] = "x"
	}
	for _, l := range []words.Language{words.English, words.Welsh} {
		var r doctor.Report
		for _, id := range doctor.Order() {
			for _, say := range doctor.Says() {
				r.Rows = append(r.Rows, doctor.Row{ID: id, Verdict: doctor.Look, Say: say, N: 2, Values: full})
			}
		}
		for _, kind := range []doctor.FixKind{doctor.LookAgain, doctor.OpenSettings, doctor.UnlockKeyring, doctor.CopyCommand} {
			r.Rows = append(r.Rows, doctor.Row{ID: doctor.Card, Verdict: doctor.Trouble, Code: failure.CardMute, Fix: doctor.Fix{Kind: kind, Command: "x"}})
		}
		for _, v := range []doctor.Verdict{doctor.Good, doctor.None} {
			r.Rows = append(r.Rows, doctor.Row{ID: doctor.Card, Verdict: v, Say: doctor.CardOut})
		}
		for _, row := range view.DiagnosticsOf(words.In(l), r, true).Rows {
			if row.Text == "" || hole.MatchString(row.Name+row.Text+row.Second+row.Button) {
				t.Errorf("%s: %+v", l, row)
			}
		}
		if text := view.DiagnosticsText(words.In(l), r, "1"); hole.MatchString(text) {
			t.Errorf("%s: %s", l, text)
		}
	}
}

func TestDiagnosticsJSON(t *testing.T) {
	var out bytes.Buffer
	if err := view.DiagnosticsJSON(&out, words.Book{}, sick(), "1.2"); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Short string `json:"short_code"`
		Rows  []struct{ ID, Verdict, Code, Text, Next, Actor string }
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	row := got.Rows[3]
	if got.Short != sick().Code() || row.ID != "network" || row.Verdict != "trouble" || row.Code != "NET-NAME" || row.Text == "" || row.Next == "" || row.Actor == "" {
		t.Errorf("%s", out.String())
	}
	if first := got.Rows[0]; first.Next != "" || first.Actor != "" {
		t.Errorf("nobody has to act on %+v", first)
	}
}

func TestExplained(t *testing.T) {
	r := sick()
	for code, want := range map[string]string{
		r.Code():                  "Does not work: Network\nWorks, and somebody should see to it: Clock\n",
		strings.ToLower(r.Code()): "The first to see to:\nNET-NAME\n",
		"card-mute":               "CARD-MUTE, also known as ERR1002\n",
		"ERR1002":                 "CARD-DAMAGED, also known as ERR1002\n",
		"400_645":                 "SIG-WRONG, also known as 400_645\n",
	} {
		if got, known := view.Explained(words.Book{}, code); !known || !strings.Contains(got, want) {
			t.Errorf("%s: %t\n%s", code, known, got)
		}
	}
	for code, want := range map[string]string{"nonsense": "is no code of Lanyard", "LY-0000-0A": "does not add up", "LY-ZZZZ-Z8W": "does not add up"} {
		if got, known := view.Explained(words.Book{}, code); known || !strings.Contains(got, want) {
			t.Errorf("%s: %t %s", code, known, got)
		}
	}
}
