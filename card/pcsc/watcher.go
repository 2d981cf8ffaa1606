package pcsc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"lanyard/card"
)

// Watcher reports readers and cards of the reader service. It implements
// [card.Watcher].
type Watcher struct {
	log      *slog.Logger
	gens     *card.Generations
	grace    time.Duration // how long Watch waits for a call that hangs
	watching atomic.Bool
}

// grace is how long a call of PC/SC may take to notice that it was cancelled.
// A mute card alone holds libpcsclite up for 0.4 s.
const grace = 3 * time.Second

// NewWatcher returns a watcher that numbers insertions by gens.
func NewWatcher(log *slog.Logger, gens *card.Generations) *Watcher {
	return &Watcher{log: log, gens: gens, grace: grace}
}

// Watch reports until ctx ends and returns the context's cause. An end of the
// service is an event, not an end of Watch. One call at a time: a second one
// is refused.
//
// The calls of PC/SC cannot be interrupted. Where the service hangs, Watch
// returns 3 s after the end of ctx and leaves a goroutine behind that ends
// with the call; emit is not called any more.
func (w *Watcher) Watch(ctx context.Context, emit func(card.Event)) error {
	if !w.watching.CompareAndSwap(false, true) {
		return errors.New("pcsc: this watcher watches already")
	}
	g := gate{emit: emit}
	done := make(chan error, 1)
	go func() {
		defer w.watching.Store(false)
		done <- w.run(ctx, g.pass)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	hung := time.NewTimer(w.grace)
	defer hung.Stop()
	select {
	case err := <-done:
		return err
	case <-hung.C:
		g.shut()
		w.log.ErrorContext(ctx, "card reader service hangs: the call to it was left behind")
		return context.Cause(ctx)
	}
}

// run alternates between finding the service and watching until it is gone.
func (w *Watcher) run(ctx context.Context, emit func(card.Event)) error {
	v := &view{emit: emit, gens: w.gens}
	for {
		c, err := w.find(ctx, v)
		if err != nil {
			return err
		}
		err = w.watch(ctx, c, v)
		// The context may be dead with its service; then there is nothing to
		// give back.
		_ = c.Release()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		w.log.WarnContext(ctx, "card reader service was lost", "err", err)
		v.serviceDown(err)
	}
}

// gate lets events through until it is shut.
type gate struct {
	mu     sync.Mutex
	emit   func(card.Event)
	closed bool
}

func (g *gate) pass(ev card.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.emit(ev)
	}
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// name marks a reader's name as this watcher's. The binding keeps the octets
// of a name alive in one place for each name, so that two waits on the same
// name would free each other's; behind the zero that ends the name for PC/SC,
// the mark makes it a name of its own.
func (w *Watcher) name(reader string) string {
	if !markNames {
		return reader
	}
	return fmt.Sprintf("%s\x00%p", reader, w)
}
