package view_test

import (
	"strings"
	"testing"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// cared is a card that can be cared for.
func cared(change ...func(*agent.Snapshot)) agent.Snapshot {
	s := nurse()
	s.Card.Expires = atEight().AddDate(1, 0, 0)
	s.Card.Certs = []agent.CertView{
		{Purpose: card.ContentCommitment, Issuer: "NHS Level 1D", Serial: "4a2f", Key: "RSA 2048", From: atEight().AddDate(-1, 0, 0), Until: atEight().AddDate(1, 0, 0)},
		{Purpose: card.Authentication, Holder: "Grace Okafor", Issuer: "NHS Level 1D", Serial: "a2f", Key: "RSA 2048", From: atEight().AddDate(-1, 0, 0), Until: atEight().AddDate(1, 0, 0)},
	}
	s.Care = agent.Care{CanChange: true, CanUnblock: true}
	for _, c := range change {
		c(&s)
	}
	return s
}

func lockedCard(s *agent.Snapshot) {
	s.Card.Retries, s.Phase, s.UID, s.Role = 0, agent.NoCard, "", nil
	s.Problem, s.Care.CanChange = wrong(failure.PINLocked, 0), false
}

func TestCareShowsTheCard(t *testing.T) {
	v := view.CareOf(words.Book{}, cared(), view.CareAsk{Details: true}, atEight())
	if v.Title != "Your card" || v.Gen != 7 || v.Note != nil || v.Form != nil || v.Filled != (view.Button{}) || v.Passcode.Value != "3 tries left" {
		t.Errorf("%+v", v)
	}
	if len(v.Certs) != 2 || v.Certs[0].Use != "Signs you on" || v.Certs[0].Until != "until 24 November 2027" || v.Certs[1].Use != "Signs prescriptions and documents" {
		t.Fatalf("%+v", v.Certs)
	}
	var text strings.Builder
	for _, f := range v.Certs[0].Facts {
		text.WriteString(f.Name + " " + f.Value + "; ")
	}
	if want := "In the name of Grace Okafor; Issued by NHS Level 1D; Serial number 0A 2F; Key RSA 2048; In use from 24 November 2025; "; text.String() != want {
		t.Errorf("got  %s\nwant %s", text.String(), want)
	}
	if v := view.CareOf(words.Book{}, cared(), view.CareAsk{}, atEight()); len(v.Certs[0].Facts) != 0 || v.Details.Action != view.ToggleDetails {
		t.Errorf("details that nobody asked for: %+v", v)
	}
	if v := view.CareOf(words.Book{}, agent.Snapshot{}, view.CareAsk{Form: agent.PINChange}, atEight()); v.Holder != nil || v.Note == nil || v.Form != nil || v.Close.Action != view.Dismiss {
		t.Errorf("without a card: %+v", v)
	}
}

// TestCare holds what is offered and what is said, with and without a form.
func TestCare(t *testing.T) {
	refused := func(k agent.CareKind, c failure.Code, tries int) func(*agent.Snapshot) {
		return func(s *agent.Snapshot) {
			s.Care.Refused, s.Care.Problem = k, wrong(c, tries)
			if c == failure.PINLocked {
				s.Card.Retries = 0
			}
		}
	}
	done := func(k agent.CareKind) func(*agent.Snapshot) { return func(s *agent.Snapshot) { s.Care.Done = k } }
	busy := func(k agent.CareKind) func(*agent.Snapshot) { return func(s *agent.Snapshot) { s.Care.Busy = k } }
	keypad := func(s *agent.Snapshot) { s.Card.Keypad, s.Care = true, agent.Care{} }
	change, unblock := view.CareAsk{Form: agent.PINChange}, view.CareAsk{Form: agent.CardUnblock}
	tried := func(a view.CareAsk) view.CareAsk { a.Tried = a.Form; return a }
	for _, c := range []struct {
		name    string
		s       agent.Snapshot
		ask     view.CareAsk
		form    bool
		note    string // "title | sentence"
		buttons string
		filled  string
	}{
		{"at rest", cared(), view.CareAsk{}, false, "", "Use the PUK, Change passcode, Close", ""},
		{"locked", cared(lockedCard), view.CareAsk{}, false, "This card is locked | Three wrong passcodes locked it. No work is lost.", "Close", "Unlock this card"},
		{"locked, no PUK", cared(lockedCard, func(s *agent.Snapshot) { s.Care.CanUnblock = false }), view.CareAsk{}, false, "This card is locked | Three wrong passcodes locked it. No work is lost.", "Close", ""},
		{"keys on the reader", cared(keypad), view.CareAsk{}, false, "This reader has keys of its own | Your passcode is typed there, and cannot be changed here. Your Registration Authority can do it.", "Close", ""},
		{"a card that lets nobody", cared(func(s *agent.Snapshot) { s.Care = agent.Care{} }), view.CareAsk{}, false, " | Lanyard cannot change the passcode of this card. Your Registration Authority can.", "Close", ""},
		{"being read", agent.Snapshot{Phase: agent.Reading, Card: cardIn()}, view.CareAsk{}, false, "", "Close", ""},
		{"at work for somebody else", cared(busy(agent.PINChange)), view.CareAsk{}, false, "", "Close", ""},
		{"change", cared(), change, true, "", "Cancel", "Change the passcode"},
		{"change, last try", cared(func(s *agent.Snapshot) { s.Card.Retries = 1 }), change, true, "One try left | If the next one is wrong too, the card locks and has to be unlocked before you can use it.", "Cancel", "Change the passcode"},
		{"change, what was tried before is not told again", cared(refused(agent.PINChange, failure.PINWrong, 2)), change, true, "", "Cancel", "Change the passcode"},
		{"change, wrong", cared(refused(agent.PINChange, failure.PINWrong, 2)), tried(change), true, "That was not the right passcode | 2 tries left. Take your time.", "Cancel", "Change the passcode"},
		{"change, locked by it", cared(refused(agent.PINChange, failure.PINLocked, 0)), tried(change), false, "This card is locked | Three wrong passcodes locked it. No work is lost. Unlock it with its PUK or at your Registration Authority.", "Close", "Unlock this card"},
		{"change, on its way", cared(), view.CareAsk{Form: agent.PINChange, Waits: true}, true, " | Leave the card in.", "", "Changing the passcode..."},
		{"change, at work", cared(busy(agent.PINChange)), tried(change), true, " | Leave the card in.", "", "Changing the passcode..."},
		{"changed", cared(done(agent.PINChange)), tried(change), false, "Your passcode is changed | Use the new one from now on.", "Use the PUK, Change passcode, Close", ""},
		{"window left", cared(), view.CareAsk{Form: agent.PINChange, Left: true}, true, "What you typed was wiped | You left this window, and no passcode stays behind. Nothing was changed.", "Cancel", "Change the passcode"},
		{"unblock", cared(lockedCard), unblock, true, "", "Cancel", "Unlock the card"},
		{"unblock, wrong", cared(lockedCard, refused(agent.CardUnblock, failure.PUKWrong, 4)), tried(unblock), true, "That was not the right unlocking code (PUK) | 4 tries left. Take your time.", "Cancel", "Unlock the card"},
		{"unblock, no more", cared(lockedCard, refused(agent.CardUnblock, failure.PUKLocked, 0), func(s *agent.Snapshot) { s.Care.CanUnblock = false }), tried(unblock), false, "This card cannot be unlocked any more | Your Registration Authority can give you a new one.", "Close", ""},
		{"unblocked", cared(done(agent.CardUnblock), func(s *agent.Snapshot) { s.UID, s.Phase = "", agent.NoCard }), tried(unblock), false, "Your card is unlocked | Sign on with the new passcode.", "Close", "Sign on"},
		{"unblocked while signed on", cared(done(agent.CardUnblock)), tried(unblock), false, "Your card is unlocked | Sign on with the new passcode.", "Use the PUK, Change passcode, Close", ""},
		{"another fault", cared(refused(agent.PINChange, failure.CardMute, -1)), tried(change), true, "The card does not answer | Wipe the chip with a dry cloth and put the card back.", "Cancel", "Change the passcode"},
	} {
		v := view.CareOf(words.Book{}, c.s, c.ask, atEight())
		note, names := "", []string{}
		if v.Note != nil {
			note = v.Note.Title + " | " + v.Note.Sentence
		}
		for _, b := range append(v.Buttons, v.Close) {
			if b.Text != "" {
				names = append(names, b.Text)
			}
		}
		if (v.Form != nil) != c.form || note != c.note || strings.Join(names, ", ") != c.buttons || v.Filled.Text != c.filled {
			t.Errorf("%s:\n form %v, note %q, buttons %v, filled %q\n want %v, %q, %s, %q", c.name, v.Form != nil, note, names, v.Filled.Text, c.form, c.note, c.buttons, c.filled)
		}
	}
}

func TestCareGivesWayToTheQuestion(t *testing.T) {
	s := cared(func(s *agent.Snapshot) {
		s.Phase, s.PINWanted, s.UID, s.Care.Done = agent.NeedPIN, true, "", agent.CardUnblock
	})
	ask := view.CareAsk{Form: agent.CardUnblock, Tried: agent.CardUnblock}
	if v := view.CareOf(words.Book{}, s, ask, atEight()); !v.Over {
		t.Error("the window stays in front of the question")
	}
	if v := view.CareOf(words.Book{}, s, view.CareAsk{}, atEight()); v.Over {
		t.Error("a window that was opened to look at the card closes by itself")
	}
}

func TestSlip(t *testing.T) {
	all := [3]bool{true, true, true}
	for _, c := range []struct {
		name string
		kind agent.CareKind
		t    view.CareTyped
		want view.Slip
	}{
		{"nothing", agent.PINChange, view.CareTyped{}, view.Slip{Field: 1}},
		{"only the old one", agent.PINChange, view.CareTyped{Len: [3]int{6}, Digits: all}, view.Slip{Field: 2}},
		{"not once more", agent.PINChange, view.CareTyped{Len: [3]int{6, 6}, Digits: all, Fresh: true}, view.Slip{Field: 3}},
		{"old one of letters", agent.PINChange, view.CareTyped{Len: [3]int{4, 6, 6}, Digits: [3]bool{false, true, true}, Fresh: true, Again: true}, view.Slip{}},
		{"old one too short", agent.PINChange, view.CareTyped{Len: [3]int{3, 6, 6}, Digits: all, Fresh: true, Again: true}, view.Slip{Field: 1, Why: words.CareSlipOld}},
		{"new one too short", agent.PINChange, view.CareTyped{Len: [3]int{6, 5, 5}, Digits: all, Fresh: true, Again: true}, view.Slip{Field: 2, Why: words.CareSlipNew}},
		{"new one of letters", agent.PINChange, view.CareTyped{Len: [3]int{6, 6, 6}, Digits: [3]bool{true, false, false}, Fresh: true, Again: true}, view.Slip{Field: 2, Why: words.CareSlipNew}},
		{"the same", agent.PINChange, view.CareTyped{Len: [3]int{6, 6, 6}, Digits: all, Again: true}, view.Slip{Field: 2, Why: words.CareSlipSame}},
		{"two different", agent.PINChange, view.CareTyped{Len: [3]int{6, 6, 6}, Digits: all, Fresh: true}, view.Slip{Field: 2, Why: words.CareSlipAgain}},
		{"all well", agent.PINChange, view.CareTyped{Len: [3]int{6, 8, 8}, Digits: all, Fresh: true, Again: true}, view.Slip{}},
		{"PUK too short", agent.CardUnblock, view.CareTyped{Len: [3]int{7, 6, 6}, Digits: all, Fresh: true, Again: true}, view.Slip{Field: 1, Why: words.CareSlipPUK}},
		{"PUK of letters", agent.CardUnblock, view.CareTyped{Len: [3]int{8, 6, 6}, Digits: [3]bool{false, true, true}, Fresh: true, Again: true}, view.Slip{Field: 1, Why: words.CareSlipPUK}},
		{"new one like the PUK", agent.CardUnblock, view.CareTyped{Len: [3]int{8, 8, 8}, Digits: all, Again: true}, view.Slip{}},
	} {
		if got := view.SlipOf(c.kind, c.t); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
