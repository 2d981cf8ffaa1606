package localapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/broker/localapi/peer"
	"lanyard/broker/ticket"
)

// The limits of the socket.
const (
	maxConns  = 256              // at the same time
	maxCalls  = 64               // of one connection at the same time
	idleLimit = 15 * time.Minute // without a request
	lineLimit = 10 * time.Second // from a line's first octet to its last
	sendLimit = 10 * time.Second // to take an answer
)

// Agent is the desk and the session at it.
type Agent interface {
	agent.Desk
	Assertion(ctx context.Context) ([]byte, error)
	Sessions(ctx context.Context) ([]broker.Place, error)
	EndSession(ctx context.Context, id string) error
}

// Tickets decides about tickets; a [ticket.Provider] is one.
type Tickets interface {
	Get(ctx context.Context, c ticket.Caller, a ticket.Ask) (broker.Ticket, error)
}

// Drawer holds virtual cards, of which one at a time is in.
type Drawer interface {
	Cards(ctx context.Context) (Cards, error)
	// Insert puts a card in; [ErrNoCard], [ErrCardIn] and [ErrCardFaults] are
	// errors of their own.
	Insert(ctx context.Context, name string) error
	Remove(ctx context.Context) error
}

// Why a [Drawer] does not take a card.
var (
	ErrNoCard = errors.New("no card of this name")
	ErrCardIn = errors.New("a card is in already")
	// ErrCardFaults: what the card is to do wrong cannot be read.
	ErrCardFaults = errors.New("the card's fault script")
)

// Cards are the virtual cards of a drawer.
type Cards struct {
	Names    []string `json:"names"`
	Inserted string   `json:"inserted,omitempty"`
}

// Server answers programs on this machine.
type Server struct {
	Agent   Agent
	Tickets Tickets
	Drawer  Drawer // nil: there are no virtual cards
	Log     *slog.Logger

	user string // who is answered, empty for the user of this process
}

func (s *Server) check() error {
	if s.Agent == nil || s.Tickets == nil || s.Log == nil {
		return errors.New("local API: agent, tickets or log is missing")
	}
	return nil
}

// Serve answers on a listener until ctx ends; it then tells those who wait that
// the agent stops, closes the listener and returns nil when all it started has
// ended. Another error is the listener's.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if err := s.check(); err != nil {
		return err
	}
	serving, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		stop(errStopping)
		_ = l.Close() // Accept tells
	})
	defer unhook()
	var conns sync.WaitGroup
	defer conns.Wait()
	defer stop(errStopping)

	var open atomic.Int64
	for {
		nc, err := accept(ctx, l, s.Log)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return errors.Join(fmt.Errorf("local API: %w", err), l.Close())
		}
		conns.Go(func() {
			defer open.Add(-1)
			s.welcome(serving, nc, open.Add(1))
		})
	}
}

// accept tries again for a while where the listener says that it may be worth
// it, such as when the process has too many files open.
func accept(ctx context.Context, l net.Listener, log *slog.Logger) (net.Conn, error) {
	const tries, pause = 10, 200 * time.Millisecond
	for try := 1; ; try++ {
		nc, err := l.Accept()
		if err == nil || ctx.Err() != nil || errors.Is(err, net.ErrClosed) || try == tries {
			return nc, err
		}
		log.WarnContext(ctx, "local API cannot take a caller", "error", err)
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil, err
		}
	}
}

// welcome looks who is calling before anything is read.
func (s *Server) welcome(ctx context.Context, nc net.Conn, open int64) {
	c := newConn(s, nc)
	who, err := peer.Client(nc)
	mine := s.user
	if mine == "" {
		mine = peer.Self()
	}
	switch {
	case err != nil:
		s.Log.WarnContext(ctx, "local API: caller sent away", "error", err)
		c.sendAway(failure.AgentDenied)
	case mine == "" || who.User != mine:
		s.Log.WarnContext(ctx, "local API: another user's program sent away", "user", who.User, "pid", who.PID, "application", who.Name)
		c.sendAway(failure.AgentDenied)
	case open > maxConns:
		s.Log.WarnContext(ctx, "local API: too many callers", "pid", who.PID, "application", who.Name)
		c.sendAway(failure.AgentBusy)
	default:
		c.serve(ctx, who)
	}
}

// look returns the state of the desk.
func (s *Server) look(ctx context.Context) (st State, err error) {
	err = s.watchUntil(ctx, func(shot agent.Snapshot) bool {
		st = stateOf(shot)
		return true
	})
	return st, err
}

// watchUntil watches the desk until seen says that it is enough.
func (s *Server) watchUntil(ctx context.Context, seen func(agent.Snapshot) bool) error {
	watching, enough := context.WithCancel(ctx)
	defer enough()
	over := false
	err := s.Agent.Watch(watching, func(shot agent.Snapshot) {
		if !over && seen(shot) {
			over = true
			enough()
		}
	})
	switch {
	case over:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default:
		return err
	}
}
