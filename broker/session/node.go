package session

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
)

// The rhythm of leases.
const (
	renewEvery  = LeaseFor / 4
	renewWithin = LeaseFor / 2
	// leaseMargin is for clocks of two nodes that do not run at one speed.
	leaseMargin = LeaseFor / 20
	// leaveWithin is how long the withdrawal of a lease may take.
	leaveWithin = time.Second
)

// node is one of several services over a shared store: what it may serve from
// memory, and what it has to wait for. See docs/several-nodes.md.
type node struct {
	id      string // of this process alone
	store   Shared
	log     *slog.Logger
	elapsed func() time.Duration

	groups  [Groups]group
	asks    asks
	acks    chan Asker // on their way to who asked
	debts   debts
	renewal uint64 // the renewing goroutine's
	down    bool   // the renewing goroutine's: the store did not answer
}

// acksQueued is how many acknowledgements wait to be sent: what is above that
// is dropped, at the price of a lease.
const acksQueued = 1024

func newNode(store Shared, m *memory, log *slog.Logger, elapsed func() time.Duration) *node {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails; see crypto/rand
	n := &node{
		id: hex.EncodeToString(id[:]), store: store, log: log, elapsed: elapsed, acks: make(chan Asker, acksQueued),
		asks:  asks{open: make(map[uint64]*ask)},
		debts: debts{owed: make(map[string]EndReason), due: make(chan struct{}, 1)},
	}
	for i := range n.groups {
		g := &n.groups[i]
		g.index, g.memory, g.flights = i, m, make(map[*flight]struct{})
	}
	return n
}

func (n *node) group(key string) *group { return &n.groups[GroupOf(key)] }

// mayServe tells whether a session in memory is right. It is asked before
// memory is looked at: what is found then was right when this was asked.
func (n *node) mayServe(id string) bool {
	return int64(n.elapsed()) < n.group(keyOf(id)).until.Load()
}

// fetch reads a record into memory.
func (n *node) fetch(ctx context.Context, key string) (*entry, error) {
	g := n.group(key)
	f := g.depart(key)
	defer g.land(f)
	rec, number, err := n.store.Read(ctx, key)
	if err != nil {
		return nil, err
	}
	sess, err := readSession(rec)
	if err != nil {
		return nil, err
	}
	return g.keep(f, number, newEntry(sess, rec)), nil
}

// create stores a record that is new, and keeps it in memory unless another
// node has changed it by then.
func (n *node) create(ctx context.Context, rec Record, e *entry) error {
	g := n.group(rec.Key)
	f := g.depart(rec.Key)
	defer g.land(f)
	if err := n.store.Create(ctx, rec); err != nil {
		return err
	}
	g.keep(f, f.from, e)
	return nil
}

// run renews leases and answers other nodes until ctx ends.
func (n *node) run(ctx context.Context) error {
	g, running := errgroup.WithContext(ctx)
	g.Go(func() error { return n.renewing(running) })
	g.Go(func() error { return n.listening(running) })
	g.Go(func() error { return n.acknowledging(running) })
	err := g.Wait()
	n.leave(context.WithoutCancel(ctx))
	return err
}

// renewing renews the leases, again and again.
func (n *node) renewing(ctx context.Context) error {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		n.renew(ctx)
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

func (n *node) renew(ctx context.Context) {
	n.renewal++
	since := make([]Since, Groups)
	for i := range n.groups {
		g := &n.groups[i]
		g.mu.Lock()
		since[i] = Since{Group: i, Number: g.applied}
		g.mu.Unlock()
	}
	limited, cancel := context.WithTimeout(ctx, renewWithin)
	defer cancel()
	until := n.elapsed() + LeaseFor // counted from before it is sent
	renewed, err := n.store.Renew(limited, Lease{Node: n.id, Renewal: n.renewal}, since)
	heard := n.elapsed()
	for i := range renewed {
		r := &renewed[i]
		if r.Group < 0 || r.Group >= Groups {
			continue
		}
		if n.groups[r.Group].renewed(r, until, heard) {
			n.log.WarnContext(ctx, "changes of sessions were missed: what was in memory is read again", "group", r.Group)
		}
	}
	n.report(ctx, err)
	if err == nil {
		n.debts.answered()
		n.bury(ctx, heard)
	}
}

// report tells once that the store does not answer, and once that it does.
func (n *node) report(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
	case err != nil && !n.down:
		n.log.ErrorContext(ctx, "the session store does not answer: from memory sessions are served a moment longer", "error", err)
	case err == nil && n.down:
		n.log.InfoContext(ctx, "the session store answers again")
	}
	n.down = err != nil
}

// bury removes the leases of nodes that are gone.
func (n *node) bury(ctx context.Context, now time.Duration) {
	ended := make(map[Lease]struct{})
	for i := range n.groups {
		for _, l := range n.groups[i].ended(now) {
			ended[l] = struct{}{}
		}
	}
	for l := range ended {
		limited, cancel := context.WithTimeout(ctx, renewWithin/2)
		if err := n.store.Withdraw(limited, l); err != nil && ctx.Err() == nil {
			n.log.WarnContext(ctx, "the lease of a node that is gone was not removed", "node", l.Node, "error", err)
		}
		cancel()
	}
}

// leave stops serving from memory, and then says so.
func (n *node) leave(ctx context.Context) {
	for i := range n.groups {
		n.groups[i].leave()
	}
	ctx, cancel := context.WithTimeout(ctx, leaveWithin)
	defer cancel()
	if err := n.store.Withdraw(ctx, Lease{Node: n.id, Renewal: n.renewal}); err != nil {
		n.log.WarnContext(ctx, "this node's lease was not removed: it ends by itself", "error", err)
	}
}
