package realmtest

import (
	"errors"
	"net"
	"sync"
	"testing"
)

// gate is the server's listener. Shut, its port refuses callers as that of a
// server does that is away, and what was under way is cut.
type gate struct {
	mu     sync.Mutex
	change *sync.Cond
	ln     net.Listener // nil: shut
	addr   net.Addr
	conns  map[*gated]struct{}
	closed bool
}

func newGate(t testing.TB) *gate {
	t.Helper()
	g := &gate{conns: map[*gated]struct{}{}}
	g.change = sync.NewCond(&g.mu)
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	g.ln, g.addr = ln, ln.Addr()
	return g
}

// Away takes the server off the network: its port refuses.
func (r *Realm) Away(t testing.TB) {
	t.Helper()
	g := r.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ln == nil {
		return
	}
	must(t, g.ln.Close())
	g.ln = nil
	for c := range g.conns {
		_ = c.Conn.Close()
	}
}

// Back puts the server on the network again, at the same address.
func (r *Realm) Back(t testing.TB) {
	t.Helper()
	g := r.gate
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", g.addr.String())
	must(t, err)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ln = ln
	g.change.Broadcast()
}

// Addr implements [net.Listener].
func (g *gate) Addr() net.Addr { return g.addr }

// Close implements [net.Listener].
func (g *gate) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	g.change.Broadcast()
	if g.ln == nil {
		return nil
	}
	return g.ln.Close()
}

// Accept implements [net.Listener]: shut, it waits.
func (g *gate) Accept() (net.Conn, error) {
	for {
		g.mu.Lock()
		for g.ln == nil && !g.closed {
			g.change.Wait()
		}
		ln, closed := g.ln, g.closed
		g.mu.Unlock()
		if closed {
			return nil, net.ErrClosed
		}
		c, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			continue // shut, or closed
		}
		if err != nil {
			return nil, err
		}
		g.mu.Lock()
		in := &gated{c, g}
		g.conns[in] = struct{}{}
		shut := g.ln != ln
		g.mu.Unlock()
		if shut {
			_ = c.Close()
		}
		return in, nil
	}
}

// gated is a connection through the gate.
type gated struct {
	net.Conn
	g *gate
}

// Close implements [net.Conn].
func (c *gated) Close() error {
	c.g.mu.Lock()
	delete(c.g.conns, c)
	c.g.mu.Unlock()
	return c.Conn.Close()
}
