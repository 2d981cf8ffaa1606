package ldapdir

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var errClosed = errors.New("directory is closed")

// pool keeps connections. A place belongs to a request while it is worked on,
// so there are never more connections than places.
type pool struct {
	config *Config
	gate   *gate
	places chan struct{}

	mu     sync.Mutex
	idle   []*conn     // the one used last is last
	open   int         // connections, idle or not
	sweep  *time.Timer // closes what was idle too long; nil while nothing is
	closed bool
	timers sync.WaitGroup
}

func newPool(c *Config, g *gate) *pool {
	return &pool{config: c, gate: g, places: make(chan struct{}, c.Connections)}
}

// do runs a request on a connection. One that breaks an idle connection, which
// the other side may have closed long ago, is tried once more on a new one.
func (p *pool) do(ctx context.Context, request func(*conn) error) error {
	select {
	case p.places <- struct{}{}:
		defer func() { <-p.places }()
	case <-ctx.Done():
		return fmt.Errorf("all %d connections are at work: %w", p.config.Connections, context.Cause(ctx))
	}
	c := p.take()
	if c != nil {
		if again, err := p.run(ctx, c, request); !again {
			return err
		}
	}
	if err := p.gate.enter(time.Now()); err != nil {
		return err
	}
	c, err := p.config.connect(ctx)
	if err != nil {
		p.gate.fail(time.Now(), err)
		return err
	}
	p.mu.Lock()
	p.open++
	p.mu.Unlock()
	_, err = p.run(ctx, c, request)
	return err
}

// run runs a request and keeps or ends its connection. It tells whether the
// request is worth another try: the connection was idle before, and broke.
func (p *pool) run(ctx context.Context, c *conn, request func(*conn) error) (again bool, err error) {
	limit := p.config.SearchTimeout
	within, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %v", limit))
	defer cancel()
	err = c.within(within, func() error { return request(c) })
	if answered(err) && within.Err() == nil {
		p.gate.ok(time.Now())
		p.put(c)
		return false, err
	}
	p.end(c)
	p.flush() // the others go to the same server
	if again = !c.used.IsZero() && within.Err() == nil; !again {
		p.gate.fail(time.Now(), err)
	}
	return again, err
}

// take returns an idle connection, the one used last, or nil.
func (p *pool) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := len(p.idle); n > 0; n = len(p.idle) {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		if !c.ldap.IsClosing() {
			return c
		}
		p.open-- // the other side has closed it
	}
	return nil
}

// end closes connections.
func (p *pool) end(all ...*conn) {
	for _, c := range all {
		c.close()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open -= len(all)
}

// put keeps a connection for the next request.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		p.end(c)
		return
	}
	defer p.mu.Unlock()
	c.used = time.Now()
	p.idle = append(p.idle, c)
	if p.sweep == nil {
		p.arm(p.config.Idle)
	}
}

// arm has the idle looked after in a while. The caller holds mu.
func (p *pool) arm(in time.Duration) {
	p.timers.Add(1)
	p.sweep = time.AfterFunc(in, func() {
		defer p.timers.Done()
		p.closeOld(time.Now())
	})
}

// closeOld closes connections that nobody used for long.
func (p *pool) closeOld(now time.Time) {
	p.mu.Lock()
	n := 0
	for n < len(p.idle) && now.Sub(p.idle[n].used) >= p.config.Idle {
		n++
	}
	old := append([]*conn(nil), p.idle[:n]...)
	p.idle = append(p.idle[:0], p.idle[n:]...)
	p.sweep = nil
	if len(p.idle) > 0 && !p.closed {
		p.arm(p.config.Idle - now.Sub(p.idle[0].used))
	}
	p.mu.Unlock()
	p.end(old...)
}

// flush closes what is idle.
func (p *pool) flush() {
	p.mu.Lock()
	old := p.idle
	p.idle = nil
	p.mu.Unlock()
	p.end(old...)
}

// close ends the pool. No request is worked on.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	if p.sweep != nil && p.sweep.Stop() {
		p.timers.Done()
	}
	p.mu.Unlock()
	p.timers.Wait()
	p.flush()
}

// count returns how many connections there are, how many of them are idle, and
// how many requests are worked on.
func (p *pool) count() (open, idle, atWork int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open, len(p.idle), len(p.places)
}
