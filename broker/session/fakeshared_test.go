package session_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"lanyard/broker/session"
)

// hub is a shared store in memory, for faults that real ones do not show on
// command. Each node reaches it over a line of its own.
type hub struct {
	mu       sync.Mutex
	records  map[string]session.Record
	numbers  [session.Groups]uint64
	log      [session.Groups][]session.Change
	leases   map[string]uint64
	ears     map[string]func(session.Message)
	logKept  int           // 0: all
	unlisted time.Duration // of every change
	writes   int
}

func newHub() *hub {
	return &hub{records: map[string]session.Record{}, leases: map[string]uint64{}, ears: map[string]func(session.Message){}}
}

// line is one node's way to the hub, with faults.
type line struct {
	*hub
	state sync.Mutex
	cut   bool          // calls wait in vain
	deaf  bool          // messages to this node are lost
	mute  bool          // its acknowledgements are lost
	lag   time.Duration // of messages to it
	twice bool          // each message comes twice, the second one late
	blind bool          // a change takes effect, and nobody is told
	held  chan struct{} // the next read or creation is answered when it is closed
	reads int
}

func (l *line) set(do func()) {
	l.state.Lock()
	defer l.state.Unlock()
	do()
}

func (l *line) is(what *bool) bool {
	l.state.Lock()
	defer l.state.Unlock()
	return *what
}

// passes waits while the line is cut.
func (l *line) passes(ctx context.Context) error {
	if !l.is(&l.cut) {
		return nil
	}
	<-ctx.Done()
	return context.Cause(ctx)
}

func (l *line) Create(ctx context.Context, r session.Record) error {
	if err := l.passes(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	_, there := l.records[r.Key]
	if !there {
		r.Version = 1
		l.records[r.Key] = r
	}
	l.mu.Unlock()
	l.answered()
	if there {
		return session.ErrExists
	}
	return nil
}

// answered waits while an answer is held.
func (l *line) answered() {
	l.state.Lock()
	held := l.held
	l.held = nil
	l.state.Unlock()
	if held != nil {
		<-held
	}
}

func (l *line) Get(ctx context.Context, key string) (session.Record, error) {
	r, _, err := l.Read(ctx, key)
	return r, err
}

func (l *line) Read(ctx context.Context, key string) (session.Record, uint64, error) {
	if err := l.passes(ctx); err != nil {
		return session.Record{}, 0, err
	}
	l.mu.Lock()
	r, ok := l.records[key]
	number := l.numbers[session.GroupOf(key)]
	l.mu.Unlock()
	l.state.Lock()
	l.reads++
	l.state.Unlock()
	l.answered()
	if !ok {
		return r, number, session.ErrNotFound
	}
	return r, number, nil
}

func (l *line) Update(ctx context.Context, key string, fn func(session.Record) (session.Record, error)) (session.Record, error) {
	if err := l.passes(ctx); err != nil {
		return session.Record{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.swap(key, fn)
}

// swap changes a record. The caller holds mu.
func (h *hub) swap(key string, fn func(session.Record) (session.Record, error)) (session.Record, error) {
	old, ok := h.records[key]
	if !ok {
		return old, session.ErrNotFound
	}
	r, err := fn(old)
	if err != nil {
		return r, err
	}
	r.Key, r.Version = key, old.Version+1
	h.records[key] = r
	h.writes++
	return r, nil
}

func (l *line) Change(ctx context.Context, key string, from session.Asker, fn func(session.Record) (session.Record, error)) (session.Changed, error) {
	if err := l.passes(ctx); err != nil {
		return session.Changed{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r, err := l.swap(key, fn)
	if err != nil {
		return session.Changed{}, err
	}
	group := session.GroupOf(key)
	l.numbers[group]++
	done := session.Changed{Record: r, Number: l.numbers[group], Unlisted: l.unlisted}
	l.log[group] = append(l.log[group], session.Change{Number: done.Number, Key: key})
	if l.logKept > 0 {
		l.log[group] = l.log[group][max(0, len(l.log[group])-l.logKept):]
	}
	done.Leases = l.others(from.Node)
	for node, ear := range l.ears {
		if node != from.Node {
			ear(session.Message{From: from, Group: group, Number: done.Number, Key: key})
		}
	}
	if l.is(&l.blind) {
		return session.Changed{}, session.ErrOutcomeUnknown
	}
	return done, nil
}

func (h *hub) others(node string) (all []session.Lease) {
	for _, other := range slices.Sorted(maps.Keys(h.leases)) {
		if other != node {
			all = append(all, session.Lease{Node: other, Renewal: h.leases[other]})
		}
	}
	return all
}

func (l *line) Renew(ctx context.Context, lease session.Lease, since []session.Since) ([]session.Renewed, error) {
	if err := l.passes(ctx); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leases[lease.Node] = lease.Renewal
	var all []session.Renewed
	for _, s := range since {
		r := session.Renewed{Group: s.Group, Number: l.numbers[s.Group], Leases: l.others(lease.Node)}
		for _, c := range l.log[s.Group] {
			if c.Number > s.Number {
				r.Changes = append(r.Changes, c)
			}
		}
		all = append(all, r)
	}
	return all, nil
}

func (l *line) Withdraw(ctx context.Context, lease session.Lease) error {
	if err := l.passes(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leases[lease.Node] == lease.Renewal {
		delete(l.leases, lease.Node)
	}
	return nil
}

func (l *line) Listen(ctx context.Context, node string, heard func(session.Message)) error {
	var late sync.WaitGroup
	defer late.Wait()
	after := func(d time.Duration, m session.Message) {
		late.Go(func() {
			time.Sleep(d)
			heard(m)
		})
	}
	l.mu.Lock()
	l.ears[node] = func(m session.Message) {
		l.state.Lock()
		defer l.state.Unlock()
		if l.cut || l.deaf {
			return
		}
		after(l.lag, m)
		if l.twice {
			after(l.lag+time.Second, m)
		}
	}
	l.mu.Unlock()
	<-ctx.Done()
	l.mu.Lock()
	delete(l.ears, node)
	l.mu.Unlock()
	return context.Cause(ctx)
}

func (l *line) Acknowledge(ctx context.Context, by string, acks []session.Asker) error {
	if err := l.passes(ctx); err != nil {
		return err
	}
	if l.is(&l.mute) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range acks {
		if ear := l.ears[a.Node]; ear != nil {
			ear(session.Message{From: a, By: by})
		}
	}
	return nil
}

func (l *line) ByOwner(ctx context.Context, owner string) (all []session.Record, err error) {
	if err := l.passes(ctx); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.records {
		if r.Owner == owner {
			all = append(all, r)
		}
	}
	return all, nil
}

func (l *line) Close() error { return errors.New("the hub is not closed by a node") }

// mend takes all faults away.
func (l *line) mend() {
	l.set(func() {
		l.cut, l.deaf, l.mute, l.lag, l.twice, l.blind, l.held = false, false, false, 0, false, false, nil
	})
}
