package desk

import (
	"testing"
	"time"

	"lanyard/test/realmtest"
	"lanyard/ui/words"
)

// TestByKeyboard goes through the windows without a mouse: Tab moves something
// that is seen, Shift+Tab moves back, and Escape closes and ends no session.
func TestByKeyboard(t *testing.T) {
	s := newStation(newRig(t, desktop{tray: true, notes: true}), setting{})
	p := s.card(grace, "grace")
	p.in("")
	s.window(asks)
	s.goesRound()
	s.press("Tab") // back in the field, from wherever it is
	for range 4 {
		if s.state().PINWanted {
			s.press("Escape")
		}
	}
	s.gone(asks)
	s.until("nobody signed on", func() bool { return s.state().User == nil && !s.state().PINWanted })
	s.empty()

	s.signOn(p)
	b := words.In(words.English)
	for _, label := range []words.Key{words.Open, words.ChangeRole, words.TrayCard, words.TrayDiagnostics, words.TraySettings} {
		s.settled()
		s.choose(b.Text(label))
		s.until("the window of "+b.Text(label), func() bool { return s.front() != "" })
		s.window(".")
		s.goesRound()
		s.until("no window after Escape", func() bool {
			if s.front() == "" {
				return true
			}
			s.press("Escape")
			return s.becomes(time.Second, func() bool { return s.front() == "" })
		})
		if state := s.state(); state.Phase != "signed-on" {
			t.Fatalf("after Escape in the window of %q the desk is at %q", b.Text(label), state.Phase)
		}
	}
	if s.realm.Live(t, grace) != 1 {
		t.Error("the session ended")
	}
	s.empty()
	s.card(nobody, "nobody").in("")
	s.window(asks)
	s.types(realmtest.PIN())
	s.submit()
	s.window("^The server does not know the holder")
	s.goesRound()
	s.press("Escape")
	s.gone("^The server does not know the holder")
}

// goesRound presses Tab in the window in front: each time something that is
// seen has the focus, and Shift+Tab goes back the way it came.
func (r *rig) goesRound() {
	r.t.Helper()
	id, title := r.active(), r.front()
	before := r.calm(id, 12) // an examination is over
	r.press("Tab")
	first := r.still(id)
	r.press("Tab")
	second := r.still(id)
	if differ(before, first) <= caret || differ(first, second) <= caret {
		r.t.Errorf("%s: Tab moves nothing that is seen", title)
	}
	r.press("shift+Tab")
	if back := r.still(id); differ(first, back) > alike {
		r.t.Errorf("%s: Shift+Tab does not go back", title)
	}
}

// caret is how many pixels the caret of a field makes.
const caret = 60
