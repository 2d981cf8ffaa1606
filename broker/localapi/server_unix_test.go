//go:build unix

package localapi

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/broker/ticket"
	"lanyard/broker/ticket/desktest"
	"lanyard/card"
	"lanyard/card/virtual"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// drawer is the desk's drawer as the server wants it.
type drawer struct{ *virtual.Drawer }

func (d drawer) Cards(context.Context) (Cards, error) {
	listed, err := d.List()
	c := Cards{Inserted: d.Inserted()}
	for _, l := range listed {
		c.Names = append(c.Names, l.Name)
	}
	return c, err
}

func (d drawer) Insert(ctx context.Context, name string) error {
	err := d.Drawer.Insert(ctx, name, nil)
	switch {
	case errors.Is(err, virtual.ErrOccupied):
		return fmt.Errorf("%w: %w", ErrCardIn, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", ErrNoCard, err)
	}
	return err
}

func (d drawer) Remove(context.Context) error {
	d.Drawer.Remove()
	return nil
}

// bench is a desk with a socket, and one client of it.
type bench struct {
	*desktest.Desk
	c       *Client
	t       *testing.T
	address string
	stop    func() // the server
}

func start(t *testing.T, change ...func(*Server)) *bench {
	t.Helper()
	b := &bench{Desk: desktest.New(t), t: t, address: filepath.Join(folder(t), "agent.sock")}
	log := slog.New(slog.NewJSONHandler(b.Logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := &Server{Agent: b.Agent, Tickets: ticket.New(b.Agent, log), Drawer: drawer{b.Drawer}, Log: log}
	for _, f := range change {
		f(s)
	}
	l := listenAt(t, b.address)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(b.stop)
	b.c = b.dial()
	return b
}

func (b *bench) dial() *Client {
	b.t.Helper()
	c, err := Dial(b.t.Context(), b.address)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := c.Close(); err != nil {
			b.t.Error(err)
		}
	})
	return c
}

// ctx ends with the test's patience.
func (b *bench) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), desktest.Patience)
	b.t.Cleanup(cancel)
	return ctx
}

func (b *bench) want(err error, c failure.Code) {
	b.t.Helper()
	if code(err) != c {
		b.t.Fatalf("got %v, want %s", err, c)
	}
}

func (b *bench) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

type given struct {
	ticket broker.Ticket
	err    error
}

// ask asks for a ticket in a goroutine of its own.
func (b *bench) ask(ctx context.Context, c *Client) <-chan given {
	got := make(chan given, 1)
	go func() {
		t, err := c.Ticket(ctx, ticket.Ask{Prompt: true})
		got <- given{t, err}
	}()
	return got
}

func TestAWholeDay(t *testing.T) {
	b := start(t)
	b.Server.AddRole("555000000002")
	ctx := b.ctx()
	_, err := b.c.Whoami(ctx)
	b.want(err, failure.NoSession)
	_, err = b.c.Ticket(ctx, ticket.Ask{})
	b.want(err, failure.NoSession)
	_, err = b.c.Assertion(ctx)
	b.want(err, failure.NoSession)
	b.want(b.c.SignOut(ctx), failure.NoSession)

	waits := b.ask(ctx, b.c) // and holds up nothing of what follows
	cards, err := b.c.InsertCard(ctx, desktest.CardName)
	if err != nil || cards.Inserted != desktest.CardName || len(cards.Names) != 1 {
		t.Fatalf("%+v, %v", cards, err)
	}
	q := b.AwaitQuestion()
	st, err := b.c.State(ctx)
	if err != nil || st.Phase != "need-pin" || !st.PINWanted || st.Card == nil || st.Card.UID != desktest.UID || st.Environment.Name != "local" {
		t.Fatalf("%+v, %v", st, err)
	}
	b.want(b.c.SubmitPIN(ctx, q.Card.Gen, card.NewPIN([]byte("300 characters are none"))), failure.PINFormat)
	b.want(b.c.SubmitPIN(ctx, q.Card.Gen+1, card.NewPIN([]byte(desktest.PIN))), failure.AgentBusy)
	b.ok(b.c.SubmitPIN(ctx, q.Card.Gen, card.NewPIN([]byte(desktest.PIN))))
	b.AwaitPhase(agent.ChoosingRole)
	b.want(b.c.ChooseRole(ctx, "no-such-role", broker.LiveMode), failure.AgentBusy)
	b.ok(b.c.ChooseRole(ctx, "555000000002", broker.TrainingMode))
	g := <-waits
	if g.err != nil || g.ticket.IsZero() {
		t.Fatalf("ticket: %v", g.err)
	}

	who, err := b.c.Whoami(ctx)
	if err != nil || who.User.UID != desktest.UID || who.User.Name != "Osei Amara" || who.Role == nil || who.Role.ID != "555000000002" || !who.Role.Training || who.User.Until.IsZero() {
		t.Errorf("%+v, %v", who, err)
	}
	saml, err := b.c.Assertion(ctx)
	if err != nil || string(saml) != "<samlp:Response><!-- 555000000002 --></samlp:Response>" {
		t.Errorf("%s, %v", saml, err)
	}
	places, err := b.c.Sessions(ctx)
	if err != nil || len(places) != 1 || !places[0].This {
		t.Errorf("%+v, %v", places, err)
	}
	b.want(b.c.EndSession(ctx, "somebody else's"), failure.SessionEnded)
	b.ok(b.c.SignOut(ctx))
	_, err = b.c.Whoami(ctx)
	b.want(err, failure.NoSession)
	b.Await("session gone", func(s agent.Snapshot) bool { return s.Owed == 0 })
	if n := b.Server.Live(); n != 0 {
		t.Errorf("%d sessions at the server", n)
	}
	cards, err = b.c.RemoveCard(ctx)
	if err != nil || cards.Inserted != "" {
		t.Errorf("%+v, %v", cards, err)
	}
	for _, secret := range []string{"AQICTest", desktest.PIN, "300 characters"} {
		if b.Logged.Holds(secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !b.Logged.Holds(`"op":"ticket"`) {
		t.Error("the log does not tell of calls")
	}
}

func TestGrantNamesTheProgram(t *testing.T) {
	b := start(t)
	b.SignOn()
	_, err := b.c.Ticket(b.ctx(), ticket.Ask{})
	b.ok(err)
	st, err := b.c.State(b.ctx())
	if err != nil || len(st.Grants) != 1 || st.Grants[0].Application != "localapi.test" {
		t.Errorf("%+v, %v", st.Grants, err)
	}
}

func TestEndOfTheSessionHere(t *testing.T) {
	b := start(t)
	b.SignOn()
	places, err := b.c.Sessions(b.ctx())
	b.ok(err)
	b.ok(b.c.EndSession(b.ctx(), places[0].ID))
	b.Await("session noticed to be over", func(s agent.Snapshot) bool { return s.UID == "" })
}

func TestCardsThatCannotBePutIn(t *testing.T) {
	b := start(t)
	_, err := b.c.InsertCard(b.ctx(), "no-such-card")
	b.want(err, failure.VCardName)
	b.Insert()
	_, err = b.c.InsertCard(b.ctx(), desktest.CardName)
	b.want(err, failure.VCardIn)
	if e := new(Error); !errors.As(err, &e) || e.Detail == "" {
		t.Errorf("a second card: %v", err)
	}
	without := start(t, func(s *Server) { s.Drawer = nil })
	_, err = without.c.Cards(without.ctx())
	without.want(err, failure.ReaderNone)
}

func TestWatch(t *testing.T) {
	b := start(t)
	ctx, cancel := context.WithCancelCause(b.ctx())
	phases := make(chan string, 100)
	ended := make(chan error, 1)
	go func() { ended <- b.c.Watch(ctx, func(s State) { phases <- s.Phase }) }()
	<-phases
	b.SignOn()
	for p := <-phases; p != "signed-on"; p = <-phases {
	}
	enough := errors.New("enough")
	cancel(enough)
	if err := <-ended; !errors.Is(err, enough) {
		t.Errorf("watch: %v", err)
	}
	b.ok(b.c.TryNow(b.ctx())) // the connection goes on
}

func TestCallerGivesUp(t *testing.T) {
	b := start(t)
	ctx, cancel := context.WithCancel(b.ctx())
	got := b.ask(ctx, b.c)
	b.ok(b.c.TryNow(b.ctx()))
	cancel()
	if g := <-got; !errors.Is(g.err, context.Canceled) {
		t.Errorf("got %v", g.err)
	}
	other := b.dial()
	b.ask(b.ctx(), other)
	b.ok(other.TryNow(b.ctx()))
	b.ok(other.Close()) // goleak tells whether the agent still waits for it
}

// seen tells when somebody who watches the desk has seen it.
type seen struct {
	*agent.Agent
	tell chan struct{}
}

func (s seen) Watch(ctx context.Context, show func(agent.Snapshot)) error {
	return s.Agent.Watch(ctx, func(shot agent.Snapshot) {
		show(shot)
		select {
		case s.tell <- struct{}{}:
		default:
		}
	})
}

func TestUserCloses(t *testing.T) {
	waits := make(chan struct{}, 1)
	b := start(t, func(s *Server) {
		a, ok := s.Agent.(*agent.Agent)
		if !ok {
			t.Fatalf("the agent is a %T", s.Agent)
		}
		s.Tickets = ticket.New(seen{a, waits}, s.Log)
	})
	b.Insert()
	q := b.AwaitQuestion()
	got := b.ask(b.ctx(), b.c)
	<-waits
	b.ok(b.c.CancelPIN(b.ctx(), q.Card.Gen))
	b.want((<-got).err, failure.UserAbort)
}

func TestAgentStops(t *testing.T) {
	b := start(t)
	got := b.ask(b.ctx(), b.c)
	b.ok(b.c.TryNow(b.ctx()))
	b.stop()
	b.want((<-got).err, failure.AgentStopping)
	_, err := b.c.State(b.ctx())
	b.want(err, failure.AgentAbsent)
	_, err = Dial(b.ctx(), b.address)
	b.want(err, failure.AgentAbsent)
}

func TestAnotherUserIsSentAway(t *testing.T) {
	b := start(t, func(s *Server) { s.user = "another" })
	_, err := b.c.State(b.ctx())
	b.want(err, failure.AgentDenied)
	_, err = b.c.State(b.ctx())
	b.want(err, failure.AgentDenied)
	if !b.Logged.Holds("another user's program") {
		t.Error("the log does not tell")
	}
}

func TestManyCallersAtOnce(t *testing.T) {
	b := start(t)
	b.SignOn()
	var all sync.WaitGroup
	for range 8 {
		c := b.dial()
		for range 4 {
			all.Go(func() {
				for range 25 {
					if got, err := c.Ticket(b.ctx(), ticket.Ask{}); err != nil || got.IsZero() {
						t.Errorf("ticket: %v", err)
						return
					}
				}
			})
		}
	}
	all.Wait()
}
