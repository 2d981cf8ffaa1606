package view_test

import (
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// watch is a lookout and a clock.
type watch struct {
	t     *testing.T
	look  view.Lookout
	sight view.Sight
	now   time.Time
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	return &watch{t: t, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.Local), sight: view.Sight{Warned: map[card.TokenID]int{}}}
}

// sees shows a snapshot after some time, and holds what is told.
func (w *watch) sees(after time.Duration, s agent.Snapshot, want ...string) {
	w.t.Helper()
	w.now = w.now.Add(after)
	var out view.Outlook
	w.look, out = w.look.Look(words.Book{}, s, w.sight, w.now)
	var got []string
	for _, n := range out.Notices {
		got = append(got, n.Title)
		for _, private := range []string{"Okafor", "Nurse", "Llandough"} {
			if strings.Contains(n.Title+n.Sentence, private) {
				w.t.Errorf("a notice names %s: %+v", private, n)
			}
		}
	}
	if out.Warned != nil {
		w.sight.Warned[out.Warned.Token] = out.Warned.Days
	}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		w.t.Errorf("told %q, want %q", got, want)
	}
}

func away() agent.Snapshot {
	s := nurse()
	s.Phase, s.Links.Network = agent.Offline, agent.LinkBroken
	return s
}

func TestServerLostAndBackAreToldOnce(t *testing.T) {
	w := newWatch(t)
	w.sees(0, nurse())
	w.sees(time.Second, away())
	if due := w.look.Due.Sub(w.now); due != 10*time.Second {
		t.Errorf("looks again after %v", due)
	}
	w.sees(3*time.Second, away())
	w.sees(7*time.Second, away(), "The network does not answer")
	if !w.look.Due.IsZero() {
		t.Errorf("looks again at %v", w.look.Due)
	}
	w.sees(time.Hour, away())
	w.sees(time.Second, nurse(), "The connection is back")
	w.sees(time.Second, nurse())
}

func TestAStumbleIsNoNews(t *testing.T) {
	w := newWatch(t)
	for range 5 {
		w.sees(time.Second, away())
		w.sees(9*time.Second, away())
		w.sees(0, nurse())
		if !w.look.Due.IsZero() {
			t.Errorf("looks again at %v", w.look.Due)
		}
	}
}

func TestWhatAWindowShowsIsNotTold(t *testing.T) {
	w := newWatch(t)
	w.sight.Desk = true
	w.sees(0, away())
	w.sees(time.Minute, away())
	w.sight.Desk = false
	w.sees(time.Minute, away())
	w.sight.Desk = true
	w.sees(time.Second, nurse())
}

func TestSessionOver(t *testing.T) {
	ended := agent.Snapshot{Phase: agent.NoCard, Problem: wrong(failure.SessionEnded, -1)}
	w := newWatch(t)
	w.sees(0, ended)
	w.sees(0, nurse())
	w.sees(0, ended, "Your session ended at 12:00")
	w.sees(0, ended)

	withCard := ended
	withCard.Card = cardIn()
	w.sees(0, nurse())
	w.sees(0, withCard) // a window tells

	w.sees(0, nurse())
	w.sees(0, agent.Snapshot{Phase: agent.NoCard}) // signed out by hand
}

func TestAnotherPlace(t *testing.T) {
	w := newWatch(t)
	s := nurse()
	w.sees(0, s)
	ask := func(ids ...string) agent.Snapshot {
		s.Places.At = s.Places.At.Add(time.Minute)
		s.Places.Others = nil
		for _, id := range ids {
			s.Places.Others = append(s.Places.Others, broker.Place{ID: id, Device: "Ward 4", Created: w.now})
		}
		return s
	}
	s.Places.At = w.now
	w.sees(0, ask("a")) // there before anybody looked
	w.sees(0, ask("b", "a"), "You were signed on in another place")
	w.sees(0, s)
	w.sees(0, ask("a"))
	w.sight.Desk = true
	w.sees(0, ask("c", "a"))
	w.sight.Desk = false
	w.sees(0, ask("c", "a"))
}

func TestEndOfCardIsToldOncePerThreshold(t *testing.T) {
	w := newWatch(t)
	on := func(days int) agent.Snapshot {
		s := nurse()
		s.Card.Expires = w.now.AddDate(0, 0, days)
		return s
	}
	w.sees(0, on(91))
	w.sees(0, on(90), "Your card runs out on 22 February 2027")
	w.sees(0, on(89))
	w.sees(0, on(30), "Your card runs out on 24 December 2026")
	w.sees(0, on(8))
	w.sees(0, on(5), "Your card runs out in 5 days")
	w.sees(0, on(1), "Your card runs out tomorrow")
	w.sees(0, on(1))
	w.sees(0, on(-1))

	renewed := on(90)
	renewed.Card.Token = "ffee0001"
	w.sees(0, renewed, "Your card runs out on 22 February 2027")

	unread := newWatch(t)
	unread.sight.Warned = nil // what was told before is not known yet
	unread.sees(0, on(5))

	shown := newWatch(t)
	shown.sight.Desk = true
	shown.sees(0, on(5))
	shown.sight.Desk = false
	shown.sees(0, on(5)) // the window told it
}
