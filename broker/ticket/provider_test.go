package ticket_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/broker/ticket"
	"lanyard/broker/ticket/desktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// app is an application at the desk.
var app = ticket.Caller{Name: "records", PID: 42, User: "1000"}

type given struct {
	ticket broker.Ticket
	err    error
}

// counted counts what the agent is asked to do, and tells when somebody who
// watches it has seen the desk.
type counted struct {
	*agent.Agent
	grants atomic.Int64
	looked chan struct{}
}

func (c *counted) Watch(ctx context.Context, show func(agent.Snapshot)) error {
	return c.Agent.Watch(ctx, func(s agent.Snapshot) {
		show(s)
		select {
		case c.looked <- struct{}{}:
		default:
		}
	})
}

func (c *counted) Do(ctx context.Context, r agent.Request) error {
	if _, ok := r.(agent.Granted); ok {
		c.grants.Add(1)
	}
	return c.Agent.Do(ctx, r)
}

type bench struct {
	*desktest.Desk
	*ticket.Provider
	t     *testing.T
	agent *counted
}

func start(t *testing.T) *bench {
	t.Helper()
	b := &bench{Desk: desktest.New(t), t: t}
	b.agent = &counted{Agent: b.Desk.Agent, looked: make(chan struct{}, 1)}
	b.Provider = ticket.New(b.agent, slog.New(slog.NewJSONHandler(b.Logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	return b
}

// ask asks in a goroutine of its own.
func (b *bench) ask(a ticket.Ask) <-chan given {
	got := make(chan given, 1)
	ctx, cancel := context.WithTimeout(context.Background(), desktest.Patience)
	go func() {
		defer cancel()
		t, err := b.Get(ctx, app, a)
		got <- given{t, err}
	}()
	return got
}

// noDesk is a desk without a reader, for ever: real ones have one here.
type noDesk struct{ ticket.Source }

func (noDesk) Ticket(context.Context) (broker.Ticket, error) {
	return broker.Ticket{}, errors.New("none")
}

func (noDesk) Watch(ctx context.Context, show func(agent.Snapshot)) error {
	show(agent.Snapshot{Phase: agent.NoReader, Problem: &agent.Problem{Code: failure.ReaderService}})
	<-ctx.Done()
	return context.Cause(ctx)
}

func TestNoReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		_, err := ticket.New(noDesk{}, slog.New(slog.DiscardHandler)).Get(t.Context(), app, prompt)
		var no *ticket.Refused
		if !errors.As(err, &no) || no.Problem.Code != failure.ReaderService {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("told after %v", took)
		}
	})
}

// waiter asks, and returns once the one who asks waits for the desk.
func (b *bench) waiter(a ticket.Ask) <-chan given {
	select {
	case <-b.agent.looked: // of an earlier one
	default:
	}
	got := b.ask(a)
	<-b.agent.looked
	return got
}

func (b *bench) want(got <-chan given, code failure.Code) {
	b.t.Helper()
	g := <-got
	var no *ticket.Refused
	if !errors.As(g.err, &no) || no.Problem.Code != code || !g.ticket.IsZero() {
		b.t.Fatalf("got %v, want %s", g.err, code)
	}
}

func (b *bench) wantTicket(got <-chan given, number string) {
	b.t.Helper()
	g := <-got
	if g.err != nil || !strings.Contains(g.ticket.Reveal(), "SignOn"+number+"=") {
		b.t.Fatalf("got %q, %v; want the ticket of sign-on %s", g.ticket.Reveal(), g.err, number)
	}
}

var prompt = ticket.Ask{Prompt: true}

func TestNoPromptAnswersAtOnce(t *testing.T) {
	b := start(t)
	b.want(b.ask(ticket.Ask{}), failure.NoSession)
	b.Insert()
	b.AwaitQuestion()
	b.want(b.ask(ticket.Ask{}), failure.NoSession)
}

func TestWaitsForTheWholeSignOn(t *testing.T) {
	b := start(t)
	b.Server.AddRole("555000000002")
	b.AwaitPhase(agent.NoCard)
	early := b.ask(prompt)
	b.Insert()
	b.Type(desktest.PIN)
	b.AwaitPhase(agent.ChoosingRole)
	late := b.ask(prompt)
	b.want(b.ask(ticket.Ask{}), failure.NoSession)
	b.Do(agent.ChooseRole{ID: "555000000002"})
	b.wantTicket(early, "1")
	b.wantTicket(late, "1")
	b.wantTicket(b.ask(ticket.Ask{}), "1")
	if b.Logged.Holds("AQICTest") || b.Logged.Holds(desktest.PIN) {
		t.Error("the log holds a ticket or PIN")
	}
}

func TestGrantIsNotedBeforeTheTicketIsGiven(t *testing.T) {
	b := start(t)
	b.SignOn()
	for range 50 {
		b.wantTicket(b.ask(ticket.Ask{}), "1")
	}
	s := b.AwaitPhase(agent.SignedOn)
	if len(s.Grants) != 1 || s.Grants[0].Application != "records" || b.agent.grants.Load() != 1 {
		t.Errorf("grants %+v, noted %d times", s.Grants, b.agent.grants.Load())
	}
	if _, err := b.Get(t.Context(), ticket.Caller{PID: 43}, ticket.Ask{}); err != nil {
		t.Fatal(err)
	}
	if s := b.AwaitPhase(agent.SignedOn); len(s.Grants) != 2 || s.Grants[0].Application != "process 43" {
		t.Errorf("grants %+v", s.Grants)
	}
}

func TestUserClosesTheQuestion(t *testing.T) {
	b := start(t)
	b.Insert()
	q := b.AwaitQuestion()
	got := b.waiter(prompt)
	b.Do(agent.CancelPIN{Gen: q.Card.Gen})
	b.want(got, failure.UserAbort)

	// The question is opened again for whoever asks next.
	got = b.ask(prompt)
	b.Type("00000000")
	b.Await("wrong PIN", func(s agent.Snapshot) bool { return s.PINWanted && s.Problem != nil })
	b.Type(desktest.PIN)
	b.wantTicket(got, "1")
}

func TestWhatEndsTheSignOnIsTold(t *testing.T) {
	t.Run("PIN locked", func(t *testing.T) {
		b := start(t)
		b.Insert()
		got := b.waiter(prompt)
		for wrong := 1; wrong <= 3; wrong++ {
			b.Await("tries", func(s agent.Snapshot) bool { return s.PINWanted && s.Card.Retries == 4-wrong })
			b.Type("00000000")
		}
		b.want(got, failure.PINLocked)
		b.want(b.ask(prompt), failure.PINLocked)
	})
	t.Run("server refuses", func(t *testing.T) {
		b := start(t)
		b.Server.Refuse(failure.UserClosed)
		b.Insert()
		b.AwaitQuestion()
		got := b.waiter(prompt)
		b.Type(desktest.PIN)
		b.want(got, failure.UserClosed)
	})
	t.Run("server out of reach", func(t *testing.T) {
		b := start(t)
		b.Server.Down(failure.NetDown)
		b.Insert()
		b.want(b.ask(prompt), failure.NetDown)
	})
	t.Run("card pulled", func(t *testing.T) {
		b := start(t)
		b.Insert()
		b.AwaitQuestion()
		got := b.waiter(prompt)
		b.Drawer.Remove()
		b.want(got, failure.CardRemoved)
	})
	t.Run("agent stops", func(t *testing.T) {
		b := start(t)
		b.AwaitPhase(agent.NoCard)
		got := b.waiter(prompt)
		b.Stop()
		b.want(got, failure.AgentStopping)
	})
	t.Run("caller leaves", func(t *testing.T) {
		b := start(t)
		b.AwaitPhase(agent.NoCard)
		cause := errors.New("caller left")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		if _, err := b.Get(ctx, app, prompt); !errors.Is(err, cause) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNewTicket(t *testing.T) {
	b := start(t)
	b.SignOn()
	got := b.waiter(ticket.Ask{Prompt: true, New: true})
	b.Type(desktest.PIN)
	b.wantTicket(got, "2")

	got = b.ask(ticket.Ask{Prompt: true, New: true})
	q := b.AwaitQuestion()
	b.Do(agent.CancelPIN{Gen: q.Card.Gen})
	b.want(got, failure.UserAbort)
	b.wantTicket(b.ask(ticket.Ask{}), "2")
}

func TestNewTicketWithoutSessionIsASignOn(t *testing.T) {
	b := start(t)
	b.AwaitPhase(agent.NoCard)
	got := b.ask(ticket.Ask{Prompt: true, New: true})
	b.Insert()
	b.Type(desktest.PIN)
	b.wantTicket(got, "1")
}

func TestTicketDiesWithTheSession(t *testing.T) {
	b := start(t)
	b.SignOn()
	b.wantTicket(b.ask(ticket.Ask{}), "1")
	b.Drawer.Remove()
	b.Await("signed out", func(s agent.Snapshot) bool { return s.UID == "" })
	b.want(b.ask(ticket.Ask{}), failure.NoSession)
}
