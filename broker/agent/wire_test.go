package agent_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/client"
	"lanyard/broker/client/clienttest"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/card/cardtest"
)

const wirePIN = "84610375"

// slot is a reader with one card that can be put in and pulled; the card
// answers truly.
type slot struct {
	key    *ecdsa.PrivateKey
	cert   *x509.Certificate
	events chan card.Event
	gens   card.Generations
}

func newSlot(t *testing.T) *slot {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &slot{key: key, cert: cardtest.NewIssuer(t).Issue(card.Authentication, "900000000017", key.Public()), events: make(chan card.Event, 16)}
	s.events <- card.Event{Kind: card.ServiceUp}
	s.events <- card.Event{Kind: card.ReaderAdded, Reader: "Reader"}
	return s
}

func (s *slot) Watch(ctx context.Context, emit func(card.Event)) error {
	for {
		select {
		case e := <-s.events:
			emit(e)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (s *slot) insert() card.Generation {
	g := s.gens.Next()
	s.events <- card.Event{Kind: card.Inserted, Reader: "Reader", Gen: g, ATR: card.ATR{0x3b}}
	return g
}

func (s *slot) pull(g card.Generation) {
	s.events <- card.Event{Kind: card.Removed, Reader: "Reader", Gen: g}
}

func (s *slot) Open(context.Context, card.Event) (card.Token, error) { return s, nil }
func (s *slot) ID() card.TokenID                                     { return "wire" }
func (s *slot) Label() string                                        { return "wire" }
func (s *slot) Close() error                                         { return nil }

func (s *slot) Keys(context.Context) ([]card.Key, error) {
	return []card.Key{{Ref: "9A", Purpose: card.Authentication, Cert: s.cert}}, nil
}

func (s *slot) Sign(ctx context.Context, _ card.Key, digest []byte, _ crypto.SignerOpts, src card.PINSource) ([]byte, error) {
	pin, err := src.PIN(ctx, card.PINPrompt{})
	if err != nil {
		return nil, err
	}
	defer pin.Wipe()
	if string(pin.Octets()) != wirePIN {
		return nil, &card.PINError{Retries: 2}
	}
	return ecdsa.SignASN1(rand.Reader, s.key, digest)
}

// rig is an agent with a client, over TLS, at a server that speaks the wire.
type rig struct {
	t      *testing.T
	server *clienttest.Server
	slot   *slot
	agent  *agent.Agent
	shots  chan agent.Snapshot
	log    *logbook
}

type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, server: clienttest.New(t, clienttest.Options{}), slot: newSlot(t), shots: make(chan agent.Snapshot, 64), log: &logbook{}}
	log := slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cl, err := client.New(client.Config{Profile: r.server.Profile(), Log: log, Times: client.Times{
		Dial: 2 * time.Second, Handshake: 2 * time.Second, Whole: time.Second,
	}})
	if err != nil {
		t.Fatal(err)
	}
	r.agent, err = agent.New(agent.Config{
		Watcher: r.slot, Opener: r.slot, Server: cl, Log: log,
		Environment: agent.Environment{Name: "local", Colour: "#00aa00", Host: r.server.Host()},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		if err := r.agent.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	group.Go(func() { _ = r.agent.Watch(ctx, func(s agent.Snapshot) { r.shots <- s }) })
	t.Cleanup(func() {
		stop()
		group.Wait()
		cl.Close()
		text := r.log.String()
		for _, secret := range []string{wirePIN, clienttest.Ticket, url.QueryEscape(clienttest.Ticket), "SecretOf"} {
			if strings.Contains(text, secret) {
				t.Errorf("the log holds %q:\n%s", secret, text)
			}
		}
	})
	return r
}

// until waits for a snapshot.
func (r *rig) until(what string, ok func(agent.Snapshot) bool) agent.Snapshot {
	r.t.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for {
		select {
		case s := <-r.shots:
			if ok(s) {
				return s
			}
		case <-limit.C:
			r.t.Fatalf("never %s\n%s", what, r.log)
		}
	}
}

func (r *rig) phase(p agent.Phase) agent.Snapshot {
	r.t.Helper()
	return r.until(p.String(), func(s agent.Snapshot) bool { return s.Phase == p })
}

// code waits for a problem.
func (r *rig) code(c failure.Code) agent.Snapshot {
	r.t.Helper()
	return r.until(string(c), func(s agent.Snapshot) bool { return s.Problem != nil && s.Problem.Code == c })
}

func (r *rig) do(q agent.Request) {
	r.t.Helper()
	if err := r.agent.Do(r.t.Context(), q); err != nil {
		r.t.Fatalf("%T: %v", q, err)
	}
}

func (r *rig) pin(g card.Generation) {
	r.t.Helper()
	r.do(agent.SubmitPIN{Gen: g, PIN: card.NewPIN([]byte(wirePIN))})
}

func TestSignOnOverTheWire(t *testing.T) {
	r := newRig(t)
	r.server.NumRoles = 2
	g := r.slot.insert()
	r.phase(agent.NeedPIN)
	r.pin(g)
	s := r.phase(agent.ChoosingRole)
	if len(s.Roles) != 2 || s.UserName != "Other An" {
		t.Fatalf("choosing from %+v", s.Roles)
	}
	r.do(agent.ChooseRole{ID: s.Roles[1].ID})
	s = r.phase(agent.SignedOn)
	if s.Role.ID != "555500001" {
		t.Fatalf("role %+v", s.Role)
	}
	if _, err := r.agent.Ticket(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a, err := r.agent.Assertion(t.Context()); err != nil || !bytes.Contains(a, []byte("samlp:Success")) {
		t.Fatalf("assertion %s: %v", a, err)
	}
	if places, err := r.agent.Sessions(t.Context()); err != nil || len(places) != 1 {
		t.Fatalf("sessions %v: %v", places, err)
	}
	r.do(agent.ChooseRole{ID: "555500000"}) // no PIN, no new ticket
	r.until("the other role", func(s agent.Snapshot) bool { return s.Role != nil && s.Role.ID == "555500000" })
	if n := len(r.server.Seen(clienttest.Validate)); n != 1 {
		t.Fatalf("%d sign-ons for a change of role", n)
	}
	r.slot.pull(g)
	r.until("the logout", func(s agent.Snapshot) bool { return s.Phase == agent.NoCard && s.Owed == 0 })
	if n := r.server.Live(); n != 0 {
		t.Fatalf("%d sessions live after the card was pulled", n)
	}
}

// TestFailuresOverTheWire: whatever happens to a request, the desk says so by
// its code, and no log holds PIN or ticket.
func TestFailuresOverTheWire(t *testing.T) {
	faults := map[failure.Code]clienttest.Fault{
		failure.NetReset:      {Reset: true},
		failure.NetTimeout:    {Hang: true},
		failure.ServerRefused: {Status: 500, Body: clienttest.Ticket},
		failure.ServerDown:    {Status: 502},
		failure.ServerAnswer:  {Body: clienttest.Oversized()},
	}
	for code, fault := range faults {
		for _, path := range []string{clienttest.Activate, clienttest.Validate, clienttest.Select} {
			t.Run(string(code)+path, func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				r.server.Break(path, fault)
				g := r.slot.insert()
				if path != clienttest.Activate {
					r.phase(agent.NeedPIN)
					r.pin(g)
				}
				r.code(code)
				r.server.Break(path, clienttest.Fault{})
				r.slot.pull(g)
				r.phase(agent.NoCard)
				g = r.slot.insert()
				r.phase(agent.NeedPIN)
				r.pin(g)
				r.phase(agent.SignedOn)
			})
		}
	}
}

func TestForeignAddressEndsTheSignOn(t *testing.T) {
	r := newRig(t)
	r.server.Edit(clienttest.Activate, func(s string) string {
		return strings.Replace(s, "https://"+r.server.Host()+clienttest.Validate, "https://evil.example/", 1)
	})
	g := r.slot.insert()
	s := r.code(failure.ServerRedirect)
	for s.Phase != agent.NoCard {
		s = r.code(failure.ServerRedirect)
	}
	err := r.agent.Do(t.Context(), agent.SubmitPIN{Gen: g, PIN: card.NewPIN([]byte(wirePIN))})
	if !errors.Is(err, agent.ErrPhase) {
		t.Fatalf("a PIN for a server that is not ours: %v", err)
	}
	if n := len(r.server.Seen(clienttest.Validate)); n != 0 {
		t.Fatalf("%d answers were sent", n)
	}
}

var _ agent.Server = (*client.Client)(nil)
