package desktest

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/virtual"
)

// The card of the desk and who holds it.
const (
	CardName            = "osei"
	UID      broker.UID = "900000000017"
	PIN                 = "48215937"
)

// Patience is how long Await waits before it fails the test.
const Patience = 20 * time.Second

// Desk is an agent, the drawer its cards come from, and its server.
type Desk struct {
	Agent  *agent.Agent
	Drawer *virtual.Drawer
	Server *Server
	Logged *Log // all that the agent logged, at debug level

	tb   testing.TB
	stop func()
}

// New starts an agent at an empty drawer in which one card can be put.
func New(tb testing.TB) *Desk {
	tb.Helper()
	d := &Desk{tb: tb, Server: newServer(), Logged: &Log{}}
	log := slog.New(slog.NewJSONHandler(d.Logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d.Drawer = newDrawer(tb, log)
	var err error
	d.Agent, err = agent.New(agent.Config{
		Watcher: d.Drawer, Opener: d.Drawer, Server: d.Server, Log: log,
		Environment: agent.Environment{Name: "local", Host: "server.example:443"},
		Policy:      agent.Policy{Virtual: true, Demo: true},
	})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Agent.Run(ctx) }()
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Errorf("agent: %v", err)
		}
	})
	tb.Cleanup(d.stop)
	return d
}

// Stop ends the agent before the test ends.
func (d *Desk) Stop() { d.stop() }

// deviceKey is a device key that is always there.
type deviceKey [32]byte

// DeviceKey returns the key.
func (k deviceKey) DeviceKey(context.Context) (*[32]byte, error) {
	key := [32]byte(k)
	return &key, nil
}

func newDrawer(tb testing.TB, log *slog.Logger) *virtual.Drawer {
	tb.Helper()
	dir := tb.TempDir()
	pin, puk := card.NewPIN([]byte(PIN)), card.NewPIN([]byte("90218734"))
	c, err := virtual.Create(context.Background(), filepath.Join(dir, CardName+".card"), deviceKey{1}, virtual.Spec{
		Label: "Amara Osei", PIN: pin, PUK: puk, Alg: virtual.P256,
		Cost:  virtual.Cost{Memory: 8, Passes: 1, Lanes: 1},
		Issue: cardtest.NewIssuer(tb).For(string(UID)),
	})
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.Close(); err != nil {
		tb.Fatal(err)
	}
	return virtual.NewDrawer(dir, deviceKey{1}, new(card.Generations), log)
}

// Insert puts the card in.
func (d *Desk) Insert() {
	d.tb.Helper()
	if err := d.Drawer.Insert(context.Background(), CardName, nil); err != nil {
		d.tb.Fatal(err)
	}
}

// Await returns the first snapshot that is as wanted.
func (d *Desk) Await(what string, wanted func(agent.Snapshot) bool) agent.Snapshot {
	d.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	var last agent.Snapshot
	found := false
	err := d.Agent.Watch(ctx, func(s agent.Snapshot) {
		if found {
			return
		}
		if last = s; wanted(s) {
			found = true
			cancel()
		}
	})
	if !found {
		d.tb.Fatalf("%s: %v; the desk is at %s, problem %+v", what, err, last.Phase, last.Problem)
	}
	return last
}

// AwaitPhase waits for a phase.
func (d *Desk) AwaitPhase(p agent.Phase) agent.Snapshot {
	d.tb.Helper()
	return d.Await(p.String(), func(s agent.Snapshot) bool { return s.Phase == p })
}

// AwaitQuestion waits until the PIN is asked for.
func (d *Desk) AwaitQuestion() agent.Snapshot {
	d.tb.Helper()
	return d.Await("question for the PIN", func(s agent.Snapshot) bool { return s.PINWanted && s.Card != nil })
}

// Type gives a PIN to the question that is open.
func (d *Desk) Type(pin string) {
	d.tb.Helper()
	s := d.AwaitQuestion()
	d.Do(agent.SubmitPIN{Gen: s.Card.Gen, PIN: card.NewPIN([]byte(pin))})
}

// Do hands a request in.
func (d *Desk) Do(r agent.Request) {
	d.tb.Helper()
	if err := d.Agent.Do(context.Background(), r); err != nil {
		d.tb.Fatalf("%T: %v", r, err)
	}
}

// SignOn puts the card in, types the PIN and waits for the session.
func (d *Desk) SignOn() {
	d.tb.Helper()
	d.Insert()
	d.Type(PIN)
	d.AwaitPhase(agent.SignedOn)
}

// Log collects what is logged. It is safe for concurrent use.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// Holds tells whether a text was logged.
func (l *Log) Holds(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Contains(l.b.Bytes(), []byte(text))
}
