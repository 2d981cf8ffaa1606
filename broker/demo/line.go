package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// slowness is how late every answer comes on a slow line. A new connection is
// made of two answers, and a client waits 5 seconds for the first.
const slowness = 3 * time.Second

// reachTime is how long the line tries to reach the server behind it.
const reachTime = 5 * time.Second

// line is what the demo's server is reached by: a TCP proxy in front of it that
// can be slow, and away. Its goroutines end with close, which waits for them.
type line struct {
	server string // address behind
	log    *slog.Logger
	all    sync.WaitGroup

	mu    sync.Mutex
	addr  string
	ln    net.Listener // nil: away
	wires map[*wire]struct{}
	late  chan struct{} // nil: answers come at once; closed when they do again
	over  bool
}

// errLine is a line that was closed.
var errLine = errors.New("the demo's line is closed")

// lay opens a line at an address that leads to the server. It serves on
// loopback addresses only, as the server behind it does.
func lay(ctx context.Context, addr string, server net.Addr, log *slog.Logger) (*line, error) {
	l := &line{server: server.String(), addr: addr, log: log, wires: map[*wire]struct{}{}}
	if err := l.setAway(ctx, false); err != nil {
		return nil, err
	}
	if a, ok := l.ln.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("a demo serves on loopback addresses only, and %s is none", l.addr), l.close())
	}
	return l, nil
}

// setAway has connections cut and refused, or taken again at the same port.
func (l *line) setAway(ctx context.Context, away bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case away && l.ln != nil:
		return l.cut()
	case away || l.ln != nil:
		return nil
	case l.over:
		return errLine
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.addr)
	if err != nil {
		return err
	}
	l.ln, l.addr = ln, ln.Addr().String()
	l.all.Go(func() { l.accept(ln) })
	return nil
}

// cut ends all there is. It wants l.mu held.
func (l *line) cut() error {
	var err error
	if l.ln != nil {
		err = l.ln.Close()
	}
	l.ln = nil
	for w := range l.wires {
		w.close()
	}
	return err
}

// setSlow has every answer come late, or at once again, those under way too.
func (l *line) setSlow(slow bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case slow && l.late == nil:
		l.late = make(chan struct{})
	case !slow && l.late != nil:
		close(l.late)
		l.late = nil
	}
}

func (l *line) lateness() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.late
}

// close cuts everything and waits for it.
func (l *line) close() error {
	l.mu.Lock()
	l.over = true
	err := l.cut()
	l.mu.Unlock()
	l.all.Wait()
	return err
}

// accept takes connections until the listener is closed.
func (l *line) accept(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				l.log.Warn("the demo's line takes no connection any more", "err", err)
			}
			return
		}
		l.take(ln, c)
	}
}

// take carries a connection, unless the line went away under it.
func (l *line) take(ln net.Listener, c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := &wire{line: l, client: c, done: make(chan struct{})}
	if l.ln != ln {
		w.close()
		return
	}
	l.wires[w] = struct{}{}
	l.all.Go(func() {
		w.carry()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.wires, w)
	})
}

// wire is one connection through the line.
type wire struct {
	line   *line
	client net.Conn
	asked  atomic.Int64 // when the client last said something, in nanoseconds of Unix time

	once sync.Once
	done chan struct{} // closed with the wire
}

// close cuts the wire; carry sees it.
func (w *wire) close() {
	w.once.Do(func() {
		close(w.done)
		_ = w.client.Close()
	})
}

// carry moves octets both ways until one end closes or the wire is cut.
func (w *wire) carry() {
	defer w.close()
	server, err := net.DialTimeout("tcp", w.line.server, reachTime)
	if err != nil {
		w.line.log.Debug("the demo's server cannot be reached", "err", err)
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		defer w.close()
		move(w.client, server, w.pause)
	})
	move(server, w.client, func() { w.asked.Store(time.Now().UnixNano()) })
	_ = server.Close()
	back.Wait()
}

// move copies octets until either end is closed; between reading and writing
// it calls then.
func move(to io.Writer, from io.Reader, then func()) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			then()
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pause holds an answer back, where the line is slow, until it is late enough.
func (w *wire) pause() {
	late := w.line.lateness()
	if late == nil {
		return
	}
	t := time.NewTimer(time.Until(time.Unix(0, w.asked.Load()).Add(slowness)))
	defer t.Stop()
	select {
	case <-t.C:
	case <-late:
	case <-w.done:
	}
}
