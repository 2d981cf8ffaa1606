package view_test

import (
	"strings"
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

func atEight() time.Time { return time.Date(2026, 11, 24, 8, 0, 0, 0, time.Local) }

func asked(change ...func(*agent.Snapshot)) agent.Snapshot {
	s := agent.Snapshot{Phase: agent.NeedPIN, PINWanted: true, Card: cardIn()}
	for _, c := range change {
		c(&s)
	}
	return s
}

func TestPIN(t *testing.T) {
	one := func(s *agent.Snapshot) { s.Card.Retries = 1 }
	keys := func(s *agent.Snapshot) { s.Card.Keypad = true }
	rests := func(s *agent.Snapshot) { s.PINWanted = false } // nothing is typed here
	waits := func(s *agent.Snapshot) { s.Keypad = &agent.KeypadView{Until: atEight().Add(27500 * time.Millisecond)} }
	kept := func(s *agent.Snapshot) {
		n := nurse()
		s.UID, s.UserName, s.Role, s.Card.UID = n.UID, n.UserName, n.Role, n.UID
	}
	for _, c := range []struct {
		name   string
		s      agent.Snapshot
		stage  view.PINStage
		field  bool
		note   string // title
		hint   string
		filled view.Button
		other  view.Action
	}{
		{"reading", agent.Snapshot{Phase: agent.Reading, Card: cardIn()}, view.PINReading, true, "", "You can type already", view.Button{Text: "Sign on", Action: view.SubmitPIN}, view.Dismiss},
		{"ready", asked(), view.PINReady, true, "", "6 to 8 digits", view.Button{Text: "Sign on", Action: view.SubmitPIN}, view.CancelPIN},
		{"signing", agent.Snapshot{Phase: agent.SigningOn, Card: cardIn()}, view.PINBusy, true, "", "Leave the card in.", view.Button{Text: "Signing on..."}, view.NoAction},
		{"two left", asked(func(s *agent.Snapshot) { s.Card.Retries = 2 }), view.PINReady, true, "2 tries left", "6 to 8 digits", view.Button{Text: "Sign on", Action: view.SubmitPIN}, view.CancelPIN},
		{"the card says last", asked(one), view.PINReady, true, "One try left", "Not sure? Stop here and the card stays usable.", view.Button{Text: "Use the last try", Action: view.SubmitPIN}, view.CancelPIN},
		{"last after a wrong one", asked(func(s *agent.Snapshot) { s.Problem = wrong(failure.PINLast, 1) }), view.PINReady, true, "One try left", "Not sure? Stop here and the card stays usable.", view.Button{Text: "Use the last try", Action: view.SubmitPIN}, view.CancelPIN},
		{"keys of the reader, reading", agent.Snapshot{Phase: agent.Reading, Card: &agent.CardView{Gen: 7, Keypad: true}}, view.PINReading, false, "", "The reader is about to ask for it.", view.Button{}, view.Dismiss},
		{"keys of the reader, soon", asked(keys, rests), view.PINKeypad, false, "", "The reader is about to ask for it.", view.Button{}, view.CancelPIN},
		{"keys of the reader", asked(keys, rests, waits), view.PINKeypad, false, "", "28 seconds left", view.Button{}, view.CancelPIN},
		{"keys of the reader while signing", agent.Snapshot{Phase: agent.SigningOn, Card: &agent.CardView{Gen: 7, Keypad: true, Retries: 3}, Keypad: &agent.KeypadView{Until: atEight().Add(time.Second)}}, view.PINKeypad, false, "", "1 second left", view.Button{}, view.CancelPIN},
		{"keys of the reader, over", asked(keys, rests, func(s *agent.Snapshot) { s.Keypad = &agent.KeypadView{Until: atEight().Add(-time.Minute)} }), view.PINKeypad, false, "", "0 seconds left", view.Button{}, view.CancelPIN},
		{"keys of the reader, last", asked(keys, rests, one), view.PINReady, false, "One try left", "Not sure? Stop here and the card stays usable.", view.Button{Text: "Use the last try", Action: view.StartKeypad}, view.CancelPIN},
		{"keys of the reader, refused", asked(keys, rests, func(s *agent.Snapshot) { s.Problem = wrong(failure.PINWrong, 2) }), view.PINReady, false, "That was not the right passcode", "Press Enter, and the reader asks for it", view.Button{Text: "Sign on", Action: view.StartKeypad}, view.CancelPIN},
		{"keys of the reader, nobody typed", asked(keys, rests, func(s *agent.Snapshot) { s.Problem = wrong(failure.UserAbort, -1) }), view.PINReady, false, "", "Press Enter, and the reader asks for it", view.Button{Text: "Sign on", Action: view.StartKeypad}, view.CancelPIN},
		{"keys of the reader, last begun", asked(keys, rests, one, waits), view.PINKeypad, false, "One try left", "28 seconds left", view.Button{}, view.CancelPIN},
		{"a kept session", asked(kept), view.PINReady, true, "Your session is kept", "6 to 8 digits", view.Button{Text: "Go on working", Action: view.SubmitPIN}, view.CancelPIN},
		{"somebody else's kept session", asked(kept, func(s *agent.Snapshot) { s.Card.UID = "1" }), view.PINReady, true, "", "6 to 8 digits", view.Button{Text: "Sign on", Action: view.SubmitPIN}, view.CancelPIN},
		{"renewing", asked(kept, func(s *agent.Snapshot) { s.Phase = agent.Renewing }), view.PINReady, true, "Sign on again", "6 to 8 digits", view.Button{Text: "Sign on", Action: view.SubmitPIN}, view.CancelPIN},
		{"just unlocked", asked(func(s *agent.Snapshot) { s.Care.Done = agent.CardUnblock }), view.PINReady, true, "Your card is unlocked", "6 to 8 digits", view.Button{Text: "Sign on", Action: view.SubmitPIN}, view.CancelPIN},
	} {
		v := view.PINOf(words.Book{}, c.s, atEight())
		note := ""
		if v.Note != nil {
			note = v.Note.Title
		}
		if v.Stage != c.stage || v.Field != c.field || note != c.note || v.Hint != c.hint || v.Filled != c.filled || v.Other.Action != c.other || v.Gen != 7 {
			t.Errorf("%s: %+v, note %q", c.name, v, note)
		}
	}
	if v := view.PINOf(words.Book{}, asked(kept), atEight()); !strings.Contains(v.Note.Sentence, "Grace Okafor") || !strings.Contains(v.Note.Sentence, "Nurse Access Role, Llandough") {
		t.Errorf("whose session: %q", v.Note.Sentence)
	}
}

// TestServerAwayWhileAsked: the passcode may be typed, on a reader's own keys
// there is nothing to type.
func TestServerAwayWhileAsked(t *testing.T) {
	away := func(s *agent.Snapshot) { s.Problem = &agent.Problem{Code: failure.ServerDown, Ref: "7f3a"} }
	v := view.PINOf(words.Book{}, asked(away), atEight())
	if n := v.Note; n == nil || !strings.Contains(n.Sentence, "You can type your passcode now") || !strings.HasSuffix(n.Sentence, "Reference: 7f3a.") || n.Code != "SERVER-DOWN" || !v.Field {
		t.Errorf("%+v", v)
	}
	keys := func(s *agent.Snapshot) { s.Card.Keypad = true }
	if v := view.PINOf(words.Book{}, asked(keys, away), atEight()); v.Note == nil || strings.Contains(v.Note.Sentence, "type") {
		t.Errorf("on the reader's keys: %+v", v.Note)
	}
}
