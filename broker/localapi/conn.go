package localapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"lanyard/broker/failure"
	"lanyard/broker/localapi/peer"
)

// conn is one caller's connection. One goroutine reads it and one goroutine
// runs each request; the reader waits for them all.
type conn struct {
	server *Server
	nc     net.Conn
	who    peer.Peer
	log    *slog.Logger
	calls  sync.WaitGroup

	mu      sync.Mutex
	running map[uint64]context.CancelCauseFunc
	begun   time.Time // of a line that is half read
	over    bool      // nothing is read any more

	sending sync.Mutex
}

func newConn(s *Server, nc net.Conn) *conn {
	return &conn{server: s, nc: nc, log: s.Log, running: make(map[uint64]context.CancelCauseFunc)}
}

// sendAway tells a caller that it is not served, and why.
func (c *conn) sendAway(code failure.Code) {
	_ = c.send(answer{Error: errorOf(code)}) // it may have gone by itself
	_ = c.nc.Close()
}

// serve reads requests until the caller hangs up, breaks a limit, or ctx ends.
func (c *conn) serve(ctx context.Context, who peer.Peer) {
	c.who = who
	c.log = c.log.With("application", who.Name, "pid", who.PID)
	ctx, cancel := context.WithCancelCause(ctx)
	stopped := context.AfterFunc(ctx, c.stopReading)
	defer stopped()
	defer func() { _ = c.nc.Close() }()
	defer c.calls.Wait()

	in := newLines(c.nc, MaxRequest, c.waiting)
	defer in.close()
	for {
		line, err := in.next()
		if err != nil {
			c.ended(ctx, err)
			cancel(errHungUp)
			return
		}
		c.take(ctx, cancel, line)
	}
}

// ended notes how a connection came to its end.
func (c *conn) ended(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil, errors.Is(err, io.EOF):
	case errors.Is(err, errLong):
		c.log.WarnContext(ctx, "local API: request is too long")
		_ = c.send(answer{Error: unreadable("a request has at most 64 kB")})
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.log.DebugContext(ctx, "local API: caller was silent for too long")
	default:
		c.log.DebugContext(ctx, "local API: connection broken", "error", err)
	}
}

// take starts what one line asks for.
func (c *conn) take(ctx context.Context, hangUp context.CancelCauseFunc, line []byte) {
	r, what, no := parse(line)
	clear(line)
	if no == nil {
		no = c.begin(ctx, hangUp, r, what)
	}
	if no != nil {
		if what != nil {
			what.wipe()
		}
		c.log.DebugContext(ctx, "local API: request refused", "code", no.Code, "detail", no.Detail)
		c.reply(hangUp, answer{ID: r.ID, Error: no})
	}
}

// begin runs a request in a goroutine of its own.
func (c *conn) begin(ctx context.Context, hangUp context.CancelCauseFunc, r request, what call) *Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, twice := c.running[r.ID]; twice {
		return unreadable("a request of this id is not answered yet")
	}
	if len(c.running) >= maxCalls {
		return errorOf(failure.AgentBusy)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	c.running[r.ID] = cancel
	c.patience()
	c.calls.Go(func() {
		defer cancel(nil)
		begun := time.Now()
		ok, err := what.run(ctx, c.server, exchange{
			who:    c.who,
			more:   func(part any) error { return c.send(answer{ID: r.ID, More: true, OK: part}) },
			cancel: c.cancel,
		})
		a := answer{ID: r.ID, OK: ok}
		outcome := "ok"
		if err != nil {
			if ctx.Err() != nil {
				err = errors.Join(err, context.Cause(ctx))
			}
			a.OK, a.Error = nil, asError(err)
			outcome = string(a.Error.Code)
		}
		c.log.DebugContext(ctx, "local API", "op", r.Op, "outcome", outcome, "took", time.Since(begun))
		c.finished(r.ID)
		c.reply(hangUp, a)
	})
	return nil
}

func (c *conn) finished(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.running, id)
	c.patience()
}

// cancel ends a request; one that is not there has been answered.
func (c *conn) cancel(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cancel, ok := c.running[id]; ok {
		cancel(errCancelled)
	}
}

// waiting is told before the reader waits.
func (c *conn) waiting(begun bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !begun:
		c.begun = time.Time{}
	case c.begun.IsZero():
		c.begun = time.Now()
	}
	c.patience()
}

// patience sets how long the reader waits: not long for the rest of a line, for
// ever while a request runs. c.mu is held.
func (c *conn) patience() {
	var until time.Time
	switch {
	case c.over:
		return
	case !c.begun.IsZero():
		until = c.begun.Add(lineLimit)
	case len(c.running) == 0:
		until = time.Now().Add(idleLimit)
	}
	_ = c.nc.SetReadDeadline(until) // fails on a closed connection, which Read tells
}

// stopReading wakes the reader for the last time.
func (c *conn) stopReading() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	_ = c.nc.SetReadDeadline(time.Unix(1, 0))
}

// reply sends the last answer to a request. A caller that does not take it is
// hung up on.
func (c *conn) reply(hangUp context.CancelCauseFunc, a answer) {
	if err := c.send(a); err != nil {
		hangUp(errHungUp)
	}
}

// send writes one line. It may hold a ticket, so it is overwritten afterwards.
func (c *conn) send(a answer) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(a); err != nil {
		return err
	}
	defer clear(b.Bytes())
	c.sending.Lock()
	defer c.sending.Unlock()
	if err := c.nc.SetWriteDeadline(time.Now().Add(sendLimit)); err != nil {
		return err
	}
	_, err := c.nc.Write(b.Bytes())
	return err
}
