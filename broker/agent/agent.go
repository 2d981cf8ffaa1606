package agent

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/card"
)

// ErrStopping is the answer of an agent that stops or has stopped.
var ErrStopping = errors.New("the agent is stopping")

// Config makes an [Agent].
type Config struct {
	Watcher     card.Watcher
	Opener      card.Opener
	Server      Server
	Environment Environment
	Mode        Mode
	Policy      Policy
	Memory      Memory // nil: nothing is remembered
	Times       Times  // nil: nothing is measured
	Log         *slog.Logger
	Seed        uint64 // of the jitter of its pauses; 0 takes a random one
}

// check tells what is missing.
func (c Config) check() error {
	switch {
	case c.Watcher == nil:
		return errors.New("agent without a card watcher")
	case c.Opener == nil:
		return errors.New("agent without a card opener")
	case c.Server == nil:
		return errors.New("agent without a server")
	case c.Log == nil:
		return errors.New("agent without a log")
	case c.Mode < Normal || c.Mode > Mobility:
		return errors.New("agent without a mode")
	}
	return nil
}

// Agent is the Identity Agent of one desk. Its methods may be called from any
// goroutine; [Agent.Run] must run for it to do anything.
type Agent struct {
	config  Config
	inbox   *inbox
	asks    chan ask
	board   *board
	stopped chan struct{} // closed when Run has ended
}

var _ Desk = (*Agent)(nil)

// ask is a request on its way to the loop.
type ask struct {
	request Request
	reply   chan error
}

// New makes an agent. It starts nothing.
func New(c Config) (*Agent, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	a := &Agent{
		config: c, inbox: newInbox(), asks: make(chan ask),
		board: newBoard(), stopped: make(chan struct{}),
	}
	a.board.publish(a.first())
	return a, nil
}

// first is the state an agent begins with.
func (a *Agent) first() State {
	return NewState(Rules{Mode: a.config.Mode, Environment: a.config.Environment}, a.config.Seed)
}

// Watch implements [Desk].
func (a *Agent) Watch(ctx context.Context, show func(Snapshot)) error {
	for {
		view, changed := a.board.look()
		show(view.shot)
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-a.stopped:
			if last, _ := a.board.look(); last.shot.Seq != view.shot.Seq {
				show(last.shot)
			}
			return ErrStopping
		}
	}
}

// Do implements [Desk]. A request that does not fit is [ErrPhase].
func (a *Agent) Do(ctx context.Context, r Request) error {
	q := ask{request: r, reply: make(chan error, 1)}
	err := a.hand(ctx, q)
	if err != nil {
		for _, p := range pinsOf(r) {
			p.Wipe()
		}
	}
	return err
}

// hand gives a request to the loop and waits until it was taken.
func (a *Agent) hand(ctx context.Context, q ask) error {
	select {
	case a.asks <- q:
		return <-q.reply
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-a.stopped:
		return ErrStopping
	}
}

// Ticket returns the ticket of the session. It never prompts: where there is no
// session that may be used the error is a [*NoSession].
func (a *Agent) Ticket(context.Context) (broker.Ticket, error) {
	view, err := a.session()
	return view.ticket, err
}

// session looks for a session that may be used.
func (a *Agent) session() (view, error) {
	v, _ := a.board.look()
	if v.ticket.IsZero() {
		return v, &NoSession{Phase: v.shot.Phase, Problem: v.shot.Problem}
	}
	return v, nil
}

// Assertion fetches the role assertion of the session from the server. Errors
// are a [*NoSession] or what the server answers.
func (a *Agent) Assertion(ctx context.Context) ([]byte, error) {
	v, err := a.session()
	if err != nil {
		return nil, err
	}
	b, err := a.config.Server.Assertion(ctx, v.ticket)
	a.noticed(v, err)
	return b, err
}

// Sessions tells where the user is signed on.
func (a *Agent) Sessions(ctx context.Context) ([]broker.Place, error) {
	v, err := a.session()
	if err != nil {
		return nil, err
	}
	places, err := a.config.Server.Sessions(ctx, v.ticket)
	a.noticed(v, err)
	return places, err
}

// EndSession ends one of the user's sessions, here or in another place. A
// refusal with SESSION-ENDED may mean either session, so the agent looks after
// its own at once.
func (a *Agent) EndSession(ctx context.Context, id string) error {
	v, err := a.session()
	if err != nil {
		return err
	}
	err = a.config.Server.EndSession(ctx, v.ticket, id)
	a.inbox.put(Noticed{Session: v.serial})
	return err
}

// noticed tells the loop that the server knows the session no more.
func (a *Agent) noticed(v view, err error) {
	if err != nil && ProblemOf(err).Code == failure.SessionEnded {
		a.inbox.put(Noticed{Session: v.serial, Err: err})
	}
}
