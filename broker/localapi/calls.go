package localapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/broker/localapi/peer"
	"lanyard/broker/ticket"
)

// errArgs begins the errors about arguments; they never quote a secret one.
var errArgs = errors.New("arguments")

// call is one operation with its arguments.
type call interface {
	decode(args []byte) error
	wipe() // of secrets in the arguments
	// run returns what stands behind "ok".
	run(ctx context.Context, s *Server, x exchange) (any, error)
}

// exchange is what a running call knows of its connection.
type exchange struct {
	who    peer.Peer
	more   func(part any) error // sends an answer before the last
	cancel func(id uint64)      // ends another request
}

// newCall makes the call of an operation.
func newCall(op string) (call, bool) {
	switch op {
	case "ticket":
		return &ticketCall{}, true
	case "whoami":
		return &whoamiCall{}, true
	case "state":
		return &stateCall{}, true
	case "watch":
		return &watchCall{}, true
	case "sessions":
		return &sessionsCall{}, true
	case "assertion":
		return &assertionCall{}, true
	case "signout":
		return &signoutCall{}, true
	case "card":
		return &cardCall{}, true
	case "request":
		return &requestCall{}, true
	case "cancel":
		return &cancelCall{}, true
	default:
		return nil, false
	}
}

// plain is embedded by calls without secrets.
type plain struct{}

func (plain) wipe() {}

// bare is embedded by calls without arguments.
type bare struct{ plain }

func (bare) decode(args []byte) error { return strict(args, &struct{}{}) }

// strict decodes arguments and refuses unknown ones.
func strict(args []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(args))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// ticketCall asks for the ticket.
type ticketCall struct {
	plain
	Prompt bool `json:"prompt"`
	New    bool `json:"new"`
}

// ticketAnswer is the only answer that holds a ticket as such.
type ticketAnswer struct {
	Ticket string `json:"ticket"`
}

func (c *ticketCall) decode(args []byte) error { return strict(args, c) }

func (c *ticketCall) run(ctx context.Context, s *Server, x exchange) (any, error) {
	caller := ticket.Caller{Name: x.who.Name, Path: x.who.Path, PID: x.who.PID, User: x.who.User}
	t, err := s.Tickets.Get(ctx, caller, ticket.Ask{Prompt: c.Prompt || c.New, New: c.New})
	if err != nil {
		return nil, err
	}
	return ticketAnswer{Ticket: t.Reveal()}, nil
}

// whoamiCall asks who is signed on.
type whoamiCall struct{ bare }

func (whoamiCall) run(ctx context.Context, s *Server, _ exchange) (any, error) {
	st, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	if st.User == nil {
		return nil, errorOf(failure.NoSession)
	}
	return Who{Phase: st.Phase, Environment: st.Environment, User: *st.User, Role: st.Role}, nil
}

// stateCall asks where the desk stands.
type stateCall struct{ bare }

func (stateCall) run(ctx context.Context, s *Server, _ exchange) (any, error) {
	return s.look(ctx)
}

// watchCall asks for the state now and after each change.
type watchCall struct{ bare }

func (watchCall) run(ctx context.Context, s *Server, x exchange) (any, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err := s.Agent.Watch(ctx, func(shot agent.Snapshot) {
		if ctx.Err() != nil {
			return
		}
		if err := x.more(stateOf(shot)); err != nil {
			stop(err)
		}
	})
	if errors.Is(err, errCancelled) {
		return struct{}{}, nil
	}
	return nil, err
}

// sessionsCall asks where the user is signed on, or ends one of these places.
type sessionsCall struct {
	plain
	End string `json:"end"`
}

type ended struct {
	Ended string `json:"ended"`
}

func (c *sessionsCall) decode(args []byte) error { return strict(args, c) }

func (c *sessionsCall) run(ctx context.Context, s *Server, _ exchange) (any, error) {
	if c.End != "" {
		return ended{Ended: c.End}, s.Agent.EndSession(ctx, c.End)
	}
	places, err := s.Agent.Sessions(ctx)
	if places == nil {
		places = []broker.Place{}
	}
	return broker.Places{Sessions: places}, err
}

// assertionCall asks for the role assertion.
type assertionCall struct{ bare }

type assertionAnswer struct {
	Assertion string `json:"assertion"`
}

func (assertionCall) run(ctx context.Context, s *Server, _ exchange) (any, error) {
	saml, err := s.Agent.Assertion(ctx)
	return assertionAnswer{Assertion: string(saml)}, err
}

// signoutCall ends the session; it answers when it is over here.
type signoutCall struct{ bare }

func (signoutCall) run(ctx context.Context, s *Server, _ exchange) (any, error) {
	before, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	if before.User == nil {
		return nil, errorOf(failure.NoSession)
	}
	if err := s.Agent.Do(ctx, agent.SignOut{}); err != nil {
		return nil, err
	}
	err = s.watchUntil(ctx, func(shot agent.Snapshot) bool {
		st := stateOf(shot)
		return st.User == nil || !st.User.Since.Equal(before.User.Since)
	})
	return struct{}{}, err
}

// cardCall lists virtual cards, or puts one in or out. Without arguments it
// lists.
type cardCall struct {
	plain
	Insert string `json:"insert"`
	Remove bool   `json:"remove"`
}

func (c *cardCall) decode(args []byte) error {
	if err := strict(args, c); err != nil {
		return err
	}
	if c.Insert != "" && c.Remove {
		return fmt.Errorf("%w: insert or remove, not both", errArgs)
	}
	return nil
}

func (c *cardCall) run(ctx context.Context, s *Server, _ exchange) (any, error) {
	if s.Drawer == nil {
		e := errorOf(failure.ReaderNone)
		e.Detail = "this agent has no drawer of virtual cards"
		return nil, e
	}
	var err error
	switch {
	case c.Insert != "":
		err = s.Drawer.Insert(ctx, c.Insert)
	case c.Remove:
		err = s.Drawer.Remove(ctx)
	}
	var cards Cards
	if err == nil {
		cards, err = s.Drawer.Cards(ctx)
	}
	if err != nil {
		e := *asError(err)
		e.Detail = err.Error() // names cards and files, no secret
		return nil, &e
	}
	slices.Sort(cards.Names)
	return cards, nil
}

// cancelCall ends another request of the connection, which answers USER-ABORT,
// or with an empty "ok" where it is a watch.
type cancelCall struct {
	plain
	Of uint64 `json:"of"`
}

func (c *cancelCall) decode(args []byte) error { return strict(args, c) }

func (c *cancelCall) run(_ context.Context, _ *Server, x exchange) (any, error) {
	x.cancel(c.Of)
	return struct{}{}, nil
}
