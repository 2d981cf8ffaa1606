package localapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"sync"
	"syscall"
	"time"

	"lanyard/broker/failure"
	"lanyard/broker/localapi/peer"
)

// Client is a connection to the agent of this user. It is safe for concurrent
// use; a call that waits holds up no other. Its errors are an [*Error] with a
// code, or the cause of the caller's context.
type Client struct {
	nc   net.Conn
	read chan struct{} // closed when the reader has ended

	mu      sync.Mutex
	last    uint64
	waiting map[uint64]*pending
	lost    error // why nothing is read any more

	sending sync.Mutex
}

// pending is a request that is not fully answered.
type pending struct {
	parts  chan json.RawMessage // answers with "more"; the latest one counts
	answer chan reply           // room for one
}

// reply is one line of the agent, as a client reads it.
type reply struct {
	ID    uint64          `json:"id"`
	More  bool            `json:"more"`
	OK    json.RawMessage `json:"ok"`
	Error *Error          `json:"error"`
}

// Dial connects to the agent at an address, see [Address]. The code of its
// error is AGENT-ABSENT where nobody listens, and AGENT-DENIED where somebody
// does who is another user.
func Dial(ctx context.Context, address string) (*Client, error) {
	nc, err := dial(ctx, address)
	if err != nil {
		return nil, dialError(ctx, err)
	}
	if who, err := peer.Server(nc); err != nil || !who.Mine() {
		_ = nc.Close()
		e := errorOf(failure.AgentDenied)
		if err != nil {
			e.Detail = err.Error()
		}
		return nil, e
	}
	c := &Client{nc: nc, read: make(chan struct{}), waiting: make(map[uint64]*pending)}
	go c.reader()
	return c, nil
}

func dialError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("call the agent: %w", context.Cause(ctx))
	case errors.Is(err, fs.ErrPermission):
		return errorOf(failure.AgentDenied)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return errorOf(failure.AgentAbsent)
	default:
		e := errorOf(failure.AgentAbsent)
		e.Detail = err.Error()
		return e
	}
}

// Close hangs up: calls that wait end with AGENT-ABSENT.
func (c *Client) Close() error {
	err := c.nc.Close()
	<-c.read
	if errors.Is(err, net.ErrClosed) {
		return nil // the agent hung up before
	}
	return err
}

// reader gives answers to those who wait for them, until the connection ends.
func (c *Client) reader() {
	defer close(c.read)
	in := newLines(c.nc, maxAnswer, func(bool) {})
	defer in.close()
	for {
		line, err := in.next()
		if err != nil {
			c.end(errorOf(failure.AgentAbsent))
			return
		}
		var r reply
		if err := json.Unmarshal(line, &r); err != nil {
			c.end(&Error{Code: failure.AgentAbsent, Retries: -1, Text: "Another program answers in the agent's place.", Detail: reason(err)})
			return
		}
		if r.ID == 0 { // the agent does not serve this connection
			if r.Error == nil {
				r.Error = errorOf(failure.AgentStopping)
			}
			c.end(r.Error)
			return
		}
		c.deliver(r)
	}
}

func (c *Client) deliver(r reply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.waiting[r.ID]
	if !ok {
		return // cancelled meanwhile
	}
	if !r.More {
		delete(c.waiting, r.ID)
		p.answer <- r
		return
	}
	for { // put the latest in place of one that was not taken
		select {
		case p.parts <- r.OK:
			return
		default:
		}
		select {
		case <-p.parts:
		default:
		}
	}
}

// end tells everybody who waits, now or later.
func (c *Client) end(why error) {
	_ = c.nc.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost = why
	for id, p := range c.waiting {
		delete(c.waiting, id)
		close(p.answer)
	}
}

// start sends a request, whose arguments are JSON or nothing.
func (c *Client) start(op string, args []byte) (uint64, *pending, error) {
	c.mu.Lock()
	if c.lost != nil {
		defer c.mu.Unlock()
		return 0, nil, c.lost
	}
	c.last++
	id, p := c.last, &pending{parts: make(chan json.RawMessage, 1), answer: make(chan reply, 1)}
	c.waiting[id] = p
	c.mu.Unlock()
	return id, p, c.send(id, op, args)
}

// send writes one request. It may hold a PIN, so it is overwritten afterwards.
func (c *Client) send(id uint64, op string, args []byte) error {
	line := make([]byte, 0, 64+len(op)+len(args))
	defer func() { clear(line) }()
	line = fmt.Appendf(line, `{"v":%d,"id":%d,"op":%q`, Version, id, op)
	if len(args) > 0 {
		line = append(line, `,"args":`...)
		line = append(line, args...)
	}
	line = append(line, "}\n"...)
	c.sending.Lock()
	defer c.sending.Unlock()
	if err := c.nc.SetWriteDeadline(time.Now().Add(sendLimit)); err != nil {
		return c.why()
	}
	if _, err := c.nc.Write(line); err != nil {
		// The agent hung up; what it said before is still to be read.
		_ = c.nc.SetReadDeadline(time.Now().Add(lastWords))
		why := c.why()
		_ = c.nc.Close()
		return why
	}
	return nil
}

// lastWords is how long a connection that broke is read for why.
const lastWords = time.Second

// why waits for the reader to tell why the connection is lost.
func (c *Client) why() error {
	<-c.read
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// call makes a request with arguments, or none, and waits for its answer.
func (c *Client) call(ctx context.Context, op string, args, into any, part func(json.RawMessage)) error {
	if args == nil {
		return c.exchange(ctx, op, nil, into, part)
	}
	b, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("write request %s: %w", op, err)
	}
	return c.exchange(ctx, op, b, into, part)
}

// exchange makes a request and waits for its answer; part is called with each
// answer before the last one.
func (c *Client) exchange(ctx context.Context, op string, args []byte, into any, part func(json.RawMessage)) error {
	id, p, err := c.start(op, args)
	if err != nil {
		return err
	}
	for {
		select {
		case raw := <-p.parts:
			part(raw)
		case r, ok := <-p.answer:
			if !ok {
				return c.why()
			}
			return taken(r, into)
		case <-ctx.Done():
			c.abandon(id)
			return context.Cause(ctx)
		}
	}
}

func taken(r reply, into any) error {
	if r.Error != nil {
		return r.Error
	}
	if into == nil {
		return nil
	}
	defer clear(r.OK) // it may hold a ticket
	if err := json.Unmarshal(r.OK, into); err != nil {
		return fmt.Errorf("read the agent's answer: %s", reason(err))
	}
	return nil
}

// abandon tells the agent that nobody waits for an answer any more.
func (c *Client) abandon(id uint64) {
	c.mu.Lock()
	delete(c.waiting, id)
	c.last++
	mine := c.last
	c.mu.Unlock()
	_ = c.send(mine, "cancel", fmt.Appendf(nil, `{"of":%d}`, id)) // a lost connection has ended it
}
