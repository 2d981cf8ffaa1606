package desk

import (
	"image"
	"slices"
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
	s.press("Escape")
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
	s.forms(b)
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

// forms opens the card's window and its form for another passcode by keyboard,
// and leaves both by Escape.
func (s *station) forms(b words.Book) {
	s.rig.t.Helper()
	s.settled()
	s.choose(b.Text(words.TrayCard))
	s.window(b.Text(words.YourCard))
	id := s.active()
	card := s.calm(id, long)
	s.press("Tab", "Tab", "Tab", "space") // past the details and the form for the PUK
	s.until("the form", func() bool { return s.front() != "" && differ(card, s.calm(s.active(), 3)) > alike })
	s.goesRound()
	for range 3 { // the form, then the window
		if s.front() != "" {
			s.press("Escape")
		}
		if s.becomes(time.Second, func() bool { return s.front() == "" }) {
			break
		}
	}
	s.until("no window after Escape", func() bool { return s.front() == "" })
}

// goesRound presses Tab in the window in front until the focus is back where it
// began, and Shift+Tab as often: each time something that is seen has the focus.
func (r *rig) goesRound() {
	r.t.Helper()
	id, title := r.active(), r.front()
	r.calm(id, long) // an examination is over
	seen := []*image.RGBA{r.moves(id, title, "Tab", r.still(id))}
	for {
		shot := r.moves(id, title, "Tab", seen[len(seen)-1])
		// What scrolls stands elsewhere the second time round.
		if slices.ContainsFunc(seen, func(before *image.RGBA) bool { return differ(before, shot) <= caret }) {
			break
		}
		if seen = append(seen, shot); len(seen) > most {
			r.fatal("Tab does not come round in " + title)
		}
	}
	last := r.still(id)
	for range seen {
		last = r.moves(id, title, "shift+Tab", last)
	}
}

// moves presses a key that moves the focus and returns the picture of then.
func (r *rig) moves(id, title, key string, before *image.RGBA) *image.RGBA {
	r.t.Helper()
	r.press(key)
	if !r.becomes(patience/3, func() bool {
		shot := r.capture(id)
		return shot != nil && differ(before, shot) > caret
	}) {
		r.fatal(key + " moves nothing that is seen in " + title)
	}
	return r.still(id)
}

const (
	caret = 60 // so many pixels makes the caret of a field
	most  = 60 // no window has so many controls
)
