package agent

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// stopwatch is a [Times] that lasts as long as a test.
type stopwatch struct {
	mu    sync.Mutex
	took  []Measured
	fault error
}

func (s *stopwatch) Took(_ context.Context, m Measure, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, Measured{m, d})
	return s.fault
}

// told checks what was measured since it was last asked.
func (s *stopwatch) told(d *desk, want ...Measured) {
	d.t.Helper()
	d.pass(0)
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortFunc(s.took, func(a, b Measured) int { return int(a.Measure - b.Measure) })
	if !slices.Equal(s.took, want) {
		d.t.Fatalf("measured %v, want %v", s.took, want)
	}
	s.took = nil
}

func TestTimes(t *testing.T) {
	s := &stopwatch{}
	bubbleWith(t, Config{Times: s}, func(d *desk) {
		d.server.slow("validate", 2*time.Second)
		d.insert(d.card)
		d.pass(300 * time.Millisecond)
		d.do(Shown{Gen: 1})
		s.told(d, Measured{CardToQuestion, 300 * time.Millisecond})
		d.do(Shown{Gen: 1}) // again is none
		d.pass(time.Minute)
		d.pin(testPIN)
		d.pass(2 * time.Second)
		s.told(d, Measured{PINToTicket, 2 * time.Second})

		// The same card is no change of user, another within a minute is.
		d.pull(d.card)
		d.pass(10 * time.Second)
		d.insert(d.card)
		d.do(Shown{Gen: 2})
		s.told(d, Measured{CardToQuestion, 0})
		d.pull(d.card)
		d.pass(59 * time.Second)
		other := newCard(d.t, d.issuer, "900000000025")
		d.insert(other)
		d.pass(time.Second)
		d.do(Shown{Gen: 3})
		s.told(d, Measured{CardToQuestion, time.Second}, Measured{ChangeOfUser, time.Second})
		d.pull(other)
		d.pass(61 * time.Second)
		d.insert(d.card)
		d.do(Shown{Gen: 4})
		s.told(d, Measured{CardToQuestion, 0})
	})
}

func TestTimesThatCannotBeNotedHinderNobody(t *testing.T) {
	bubbleWith(t, Config{Times: &stopwatch{fault: errors.New("disk full")}}, func(d *desk) {
		d.signOn()
		d.want(SignedOn, "")
	})
}

func TestChangeOfUserAtALockedDesk(t *testing.T) {
	s := &stopwatch{}
	bubbleWith(t, Config{Mode: LockPersistence, Times: s}, func(d *desk) {
		d.signOn()
		s.told(d, Measured{PINToTicket, 0})
		d.pull(d.card)
		d.pass(time.Hour)
		d.insert(newCard(d.t, d.issuer, "900000000025"))
		d.pass(time.Second)
		d.do(Shown{Gen: 2})
		s.told(d, Measured{CardToQuestion, time.Second}, Measured{ChangeOfUser, time.Second})
	})
}

// TestShownBeforeTheCardWasRead: whose card it is may be known only afterwards.
func TestShownBeforeTheCardWasRead(t *testing.T) {
	p := newPlay(t, Normal)
	p.toSignedOn()
	p.pull(1)
	p.insert(2)
	p.now = p.now.Add(time.Second)
	p.ask(Shown{Gen: 2})
	if got := latestOf[Measured](p); got != (Measured{CardToQuestion, time.Second}) {
		t.Fatalf("measured %v", got)
	}
	p.now = p.now.Add(time.Second)
	p.read("two", nil)
	if got := latestOf[Measured](p); got != (Measured{ChangeOfUser, time.Second}) {
		t.Fatalf("measured %v", got)
	}
}
