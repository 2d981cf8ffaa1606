package pcsc

import (
	"context"
	"time"

	"github.com/ebfe/scard"
)

// pnp is the pseudo reader whose state changes when readers come and go.
const pnp = `\\?PnP?\Notification`

// forever is the binding's time-out without end.
const forever = -1

// A round that returns at once and tells nothing new is harmless; a service
// or driver that does so again and again must not cost a core.
const (
	idleRounds = 16
	idlePause  = 250 * time.Millisecond
)

// settle are the times of the first waits after readers came or went. Services
// before pcsc-lite 2.3 compare the number of readers only with what it was at
// the begin of the wait, so that a reader that comes between the listing and
// the wait is not told: the second slot of a reader that was just plugged in.
// Listing again finds it.
var settle = [...]time.Duration{250 * time.Millisecond, time.Second}

// watch reports until the service fails or ctx ends.
func (w *Watcher) watch(ctx context.Context, c *scard.Context, v *view) error {
	r := round{w: w, c: c, v: v}
	for ctx.Err() == nil {
		names, err := list(c)
		if err != nil {
			return err
		}
		v.serviceUp()
		if v.readers(names) {
			r.settled = 0
		}
		if err := r.next(ctx); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// list returns the readers' names; no reader is no error. The binding asks for
// the length first: a reader that comes in between needs another try.
func list(c *scard.Context) ([]string, error) {
	var names []string
	var err error
	for range maxStates {
		if names, err = c.ListReaders(); !is(err, scard.ErrInsufficientBuffer) {
			break
		}
	}
	if is(err, scard.ErrNoReadersAvailable) {
		return nil, nil
	}
	return names, failure("list readers", err)
}

// round waits for the next change, again and again.
type round struct {
	w       *Watcher
	c       *scard.Context
	v       *view
	word    scard.StateFlag // the pseudo reader's high word, where the service gives one
	settled int             // how many of the settling waits are over
	idle    int             // rounds in a row that told nothing
}

// next waits for one change and reports it. An error is the service's end.
func (r *round) next(ctx context.Context) error {
	states := r.states()
	before, began := r.v.emitted, time.Now()
	err := wait(ctx, r.c, states, r.limit())
	switch {
	case err == nil:
		r.apply(states)
	case is(err, scard.ErrTimeout, scard.ErrCancelled):
	case is(err, scard.ErrUnknownReader, scard.ErrNoReadersAvailable):
		// It was unplugged between listing and waiting.
	default:
		return failure("wait for cards", err)
	}
	if r.v.emitted != before || time.Since(began) > idlePause {
		r.idle = 0
		return nil
	}
	if r.idle++; r.idle > idleRounds {
		pause(ctx, idlePause)
	}
	return nil
}

// states is what the service is asked to compare with.
func (r *round) states() []scard.ReaderState {
	n := min(len(r.v.slots), maxStates)
	states := make([]scard.ReaderState, 0, n+1)
	for _, s := range r.v.slots[:n] {
		states = append(states, scard.ReaderState{Reader: r.w.name(s.name), CurrentState: s.state})
	}
	// With all places taken no further reader can come.
	if hasPnP && n < maxStates {
		word := r.word
		if word == 0 {
			word = scard.StateFlag(len(r.v.slots)) << counterShift
		}
		states = append(states, scard.ReaderState{Reader: r.w.name(pnp), CurrentState: word})
	}
	return states
}

// apply reports what changed. Newer services put a counter of their own into
// the pseudo reader's state and want that back instead of the number.
func (r *round) apply(states []scard.ReaderState) {
	for i, st := range states {
		if i < len(r.v.slots) && i < maxStates {
			r.v.card(r.v.slots[i], st.EventState, st.Atr)
		} else {
			r.word = st.EventState &^ stateBits
		}
	}
}

// limit is how long this wait may last.
func (r *round) limit() time.Duration {
	if !hasPnP || r.word != 0 || r.settled == len(settle) {
		return waitLimit
	}
	r.settled++
	return settle[r.settled-1]
}

// wait blocks until a state changes, the time is over or ctx ends. It returns
// the binding's error.
func wait(ctx context.Context, c *scard.Context, states []scard.ReaderState, limit time.Duration) error {
	if len(states) == 0 {
		// The binding cannot wait for nothing.
		pause(ctx, limit)
		return nil
	}
	over, cancelled := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(cancelled)
		cancel(c, over)
	})
	err := c.GetStatusChange(states, limit)
	close(over)
	if !stop() {
		// Not before this may the context be released.
		<-cancelled
	}
	return err
}

// cancel wakes the wait on a context. A call that comes before the wait began
// is lost without an error, so it is repeated until the wait is over.
func cancel(c *scard.Context, over <-chan struct{}) {
	again := time.NewTimer(0)
	defer again.Stop()
	for d := time.Millisecond; ; d = min(2*d, 50*time.Millisecond) {
		select {
		case <-over:
			return
		case <-again.C:
			// An error is the service's end, which also ends the wait.
			_ = c.Cancel()
			again.Reset(d)
		}
	}
}

// pause waits for a time or the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
