package nodetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"lanyard/broker/session"
)

// gate stands between a node and its store. While it is shut the node is as if
// its process were stopped, but for its lookups: no call leaves, no answer and
// no message arrives. That is worse than a process that is stopped whole.
type gate struct {
	session.Shared
	mu    sync.Mutex
	open  chan struct{} // closed while the gate is open
	reads atomic.Int64
}

func newGate(s session.Shared) *gate {
	g := &gate{Shared: s, open: make(chan struct{})}
	close(g.open)
	return g
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = make(chan struct{})
}

func (g *gate) reopen() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.open)
}

// pass waits until the gate is open, or the caller gives up.
func (g *gate) pass(ctx context.Context) error {
	g.mu.Lock()
	open := g.open
	g.mu.Unlock()
	select {
	case <-open:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// through makes a call: it leaves, and its answer arrives, through the gate.
func through[T any](ctx context.Context, g *gate, call func() (T, error)) (T, error) {
	var none T
	if err := g.pass(ctx); err != nil {
		return none, err
	}
	answer, err := call()
	if late := g.pass(ctx); late != nil {
		return none, fmt.Errorf("%w: %w", session.ErrOutcomeUnknown, late)
	}
	return answer, err
}

func (g *gate) Create(ctx context.Context, r session.Record) error {
	_, err := through(ctx, g, func() (struct{}, error) { return struct{}{}, g.Shared.Create(ctx, r) })
	return err
}

func (g *gate) Get(ctx context.Context, key string) (session.Record, error) {
	return through(ctx, g, func() (session.Record, error) { return g.Shared.Get(ctx, key) })
}

func (g *gate) Update(ctx context.Context, key string, fn func(session.Record) (session.Record, error)) (session.Record, error) {
	return through(ctx, g, func() (session.Record, error) { return g.Shared.Update(ctx, key, fn) })
}

func (g *gate) Read(ctx context.Context, key string) (r session.Record, number uint64, err error) {
	g.reads.Add(1)
	r, err = through(ctx, g, func() (session.Record, error) {
		r, number, err = g.Shared.Read(ctx, key)
		return r, err
	})
	return r, number, err
}

func (g *gate) Change(ctx context.Context, key string, from session.Asker, fn func(session.Record) (session.Record, error)) (session.Changed, error) {
	return through(ctx, g, func() (session.Changed, error) { return g.Shared.Change(ctx, key, from, fn) })
}

func (g *gate) Renew(ctx context.Context, lease session.Lease, since []session.Since) ([]session.Renewed, error) {
	return through(ctx, g, func() ([]session.Renewed, error) { return g.Shared.Renew(ctx, lease, since) })
}

func (g *gate) Listen(ctx context.Context, node string, heard func(session.Message)) error {
	return g.Shared.Listen(ctx, node, func(m session.Message) {
		if g.pass(ctx) == nil {
			heard(m)
		}
	})
}

func (g *gate) Acknowledge(ctx context.Context, node string, acks []session.Asker) error {
	if err := g.pass(ctx); err != nil {
		return err
	}
	return g.Shared.Acknowledge(ctx, node, acks)
}
