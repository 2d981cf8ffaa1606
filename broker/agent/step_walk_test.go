package agent

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestWalks lets the world of the fuzzer make long walks in which most things
// go well, so that they come far: the invariants hold all the way.
func TestWalks(t *testing.T) {
	const walks, moves = 50, 400
	reached := map[string]int{}
	for mode := Normal; mode <= Mobility; mode++ {
		t.Run(mode.String(), func(t *testing.T) {
			for seed := range uint64(walks) {
				r := rand.New(rand.NewPCG(seed, uint64(mode)))
				w := newWorld(t, mode)
				w.readers(1)
				for range moves {
					how := byte(r.UintN(256))
					if r.UintN(4) > 0 {
						how &^= 1 // goes well
					}
					switch { // a person goes away and comes back
					case w.state.Phase() == SignedOn && r.UintN(8) == 0:
						w.step(Asked{Lock{}})
					case len(w.state.on.places.Others) > 0 && r.UintN(8) == 0:
						w.step(Asked{EndPlace{ID: "s3"}})
					case w.state.on.locked && r.UintN(4) == 0:
						w.step(Asked{AskPIN{}})
						w.typePIN()
					}
					w.act(byte(r.UintN(18)), how)
					w.note(reached)
				}
				w.pullAll()
			}
		})
	}
	for _, far := range []string{
		"signed-on", "renewing", "locked", "card in while locked", "pin-change", "unblock", "reader waits",
		"places", "ending", "resumed",
	} {
		if reached[far] == 0 {
			t.Errorf("no walk came to %q: %v", far, reached)
		}
	}
}

// note counts where a walk has come to.
func (w *world) note(reached map[string]int) {
	s := w.state
	shot := s.Snapshot()
	reached[shot.Phase.String()]++
	for what, is := range map[string]bool{
		"card in while locked":     s.on.locked && s.on.card != 0,
		fmt.Sprint(shot.Care.Busy): true,
		"reader waits":             shot.Keypad != nil,
		"places":                   len(shot.Places.Others) > 0,
		"ending":                   shot.Places.Ending != "",
		"resumed":                  s.try.kind == resume && s.try.stage == signing,
	} {
		if is {
			reached[what]++
		}
	}
}
