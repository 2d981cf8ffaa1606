package desk

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lanyard/test/realmtest"
)

// TestManyCards puts cards in and takes them out 200 times, each at a moment of
// its own and with whatever is typed meanwhile: nothing is left behind by it,
// and the desk works as before.
func TestManyCards(t *testing.T) {
	s := newStation(newRig(t, desktop{tray: true}), setting{})
	people := []person{s.card(grace, "grace"), s.card(anwen, "anwen")}
	for _, p := range people { // everything has been there once
		s.signOn(p)
		s.empty()
	}
	files, threads := s.count("fd"), s.count("task")
	windows := len(s.windows())

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	for range 200 {
		people[dice.IntN(len(people))].in("")
		pause(t, time.Duration(dice.IntN(120))*time.Millisecond)
		if dice.IntN(3) == 0 {
			s.types(realmtest.PIN()[:dice.IntN(9)])
		}
		if dice.IntN(6) == 0 {
			s.press([]string{"Return", "Escape", "Tab", "space"}[dice.IntN(4)])
		}
		s.out()
	}
	s.until("an empty desk", func() bool {
		state := s.state()
		return state.Phase == "no-card" && state.Card == nil && state.Owed == 0
	})
	s.until("as many windows as before", func() bool { return len(s.windows()) == windows })
	s.until("as many open files as before", func() bool { return s.count("fd") <= files })
	if n := s.count("task"); n > threads+8 { // the runtime keeps threads that waited for the card
		t.Errorf("%d threads, %d before", n, threads)
	}
	s.signOn(people[0])
	s.until("the sessions of one sign-on", func() bool { return s.realm.Live(t, grace) == 1 && s.realm.Live(t, anwen) == 0 })
}

// count counts what the program has open.
func (s *station) count(what string) int {
	s.rig.t.Helper()
	all, err := os.ReadDir(filepath.Join("/proc", fmt.Sprint(s.agent.Process.Pid), what))
	s.must(err)
	return len(all)
}

// pause lets time pass, which is what is random here.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
	}
}
