package ldapdir

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/directory/sds"
)

// Directory asks a directory over LDAP. It is safe for concurrent use.
type Directory struct {
	config Config
	zone   *time.Location
	gate   *gate
	pool   *pool
	ctx    context.Context // ends with Close
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	people  *cache[broker.UID, *answer]
	names   *cache[string, string] // of organisations by code; empty: it has none
	renewed time.Time              // answers to what was asked before are not fresh
	flights map[broker.UID]*flight
	closed  bool
	counts  Counts
	asking  sync.WaitGroup // flights
}

var _ directory.Directory = (*Directory)(nil)

// answer is what the directory said of an id.
type answer struct {
	user *broker.User // nil: nobody has it
	told bool         // that it is used though it is old; guarded by mu
}

// flight is a lookup under way.
type flight struct {
	done chan struct{} // closed when user and err are set
	user *broker.User
	err  error
}

// Open makes a directory. It asks nothing yet: see [Directory.Probe].
func Open(c Config) (*Directory, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	zone, err := sds.Zone()
	if err != nil {
		return nil, err
	}
	d := &Directory{
		config: c, zone: zone, gate: &gate{log: c.Log}, flights: map[broker.UID]*flight{},
		people: newCache[broker.UID, *answer](c.People), names: newCache[string, string](maxNames),
	}
	d.pool = newPool(&d.config, d.gate)
	d.ctx, d.cancel = context.WithCancelCause(context.Background())
	return d, nil
}

// Close ends lookups under way with [directory.ErrDown] and closes all
// connections. When it returns no goroutine of the directory runs.
func (d *Directory) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.cancel(errClosed)
	d.asking.Wait()
	d.pool.close()
	return nil
}

// Probe tells whether the directory can be used: it answers, its certificate is
// trusted, the account is taken, the people are there. It waits for no pause.
func (d *Directory) Probe(ctx context.Context) error {
	ctx, stop := d.until(ctx)
	defer stop()
	d.gate.open()
	err := d.pool.do(ctx, func(c *conn) error {
		_, err := c.search(peopleDN(d.config.Base), baseOnly, anything, func(*sds.Entry) {})
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: %w", directory.ErrDown, err)
	}
	return nil
}

// until ends a context with Close too, and with the time that a whole lookup has.
func (d *Directory) until(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := d.config.ConnectTimeout + d.config.SearchTimeout
	ctx, timed := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %v", limit))
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(d.ctx, func() { cancel(errClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		timed()
	}
}

// Reload has every person asked for anew, by connections made anew.
func (d *Directory) Reload() error {
	d.mu.Lock()
	d.renewed = time.Now()
	d.names = newCache[string, string](maxNames)
	d.mu.Unlock()
	d.pool.flush()
	return d.Probe(d.ctx)
}

// User implements [directory.Directory]. What it returns is at most Fresh old,
// not counting the lookup itself, and while the directory does not answer at most
// Stale.
func (d *Directory) User(ctx context.Context, uid broker.UID) (*broker.User, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if _, err := broker.ParseUID(string(uid)); err != nil {
		return nil, fmt.Errorf("%w: %w", directory.ErrUnknown, err)
	}
	user, f, err := d.ask(uid)
	if f == nil {
		return user, err
	}
	select {
	case <-f.done:
		return f.user, f.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// ask returns an answer that is there; else a lookup, under way or begun.
func (d *Directory) ask(uid broker.UID) (*broker.User, *flight, error) {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, nil, fmt.Errorf("%w: %w", directory.ErrDown, errClosed)
	}
	if kept, ok := d.people.get(uid); ok && d.fresh(kept, now) {
		d.counts.Kept++
		if kept.value.user == nil {
			return nil, nil, directory.ErrUnknown
		}
		return kept.value.user, nil, nil
	}
	f := d.flights[uid]
	if f == nil {
		f = &flight{done: make(chan struct{})}
		d.flights[uid] = f
		d.counts.Asked++
		d.asking.Go(func() { d.fly(f, uid, now) })
	}
	return nil, f, nil
}

// fresh tells whether an answer may be used. The caller holds mu.
func (d *Directory) fresh(i *item[broker.UID, *answer], now time.Time) bool {
	limit := d.config.Fresh
	if i.value.user == nil {
		limit = d.config.Unknown
	}
	return now.Sub(i.asked) < limit && i.asked.After(d.renewed)
}
