package path_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/card/virtual/fault"
	"lanyard/test/realmtest"
)

// patience is how long the issue allows for each return to order.
const patience = 3 * time.Second

// slot is how a test puts a card in and out.
type slot interface {
	card.Watcher
	card.Opener
	Insert(ctx context.Context, name string, p *fault.Player) error
	Remove()
	Inserted() string
}

// drawerDesk is a desk with the card in this process.
func drawerDesk(t *testing.T, r *realmtest.Realm, mode agent.Mode, uids ...broker.UID) *desk {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "cards")
	for i, uid := range uids {
		r.Card(t, dir, cardOf(i), uid)
	}
	return newDesk(t, r, virtual.NewDrawer(dir, r.Device, new(card.Generations), slog.New(slog.DiscardHandler)), mode)
}

// cardOf names the cards of a test.
func cardOf(i int) string { return fmt.Sprintf("card%d", i) }

// desk is a running agent with a slot in front of it.
type desk struct {
	*agent.Agent
	slot slot
	log  *logBook

	mu      sync.Mutex
	shot    agent.Snapshot
	changed chan struct{}
}

func newDesk(t *testing.T, r *realmtest.Realm, s slot, mode agent.Mode) *desk {
	t.Helper()
	d := &desk{slot: s, changed: make(chan struct{}), log: &logBook{}}
	log := slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	d.Agent, err = agent.New(agent.Config{
		Watcher: s, Opener: s, Server: r.Client(t, log), Mode: mode, Log: log,
		Policy:      agent.Policy{Virtual: true, Demo: true},
		Environment: agent.Environment{Name: "local"},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 2)
	go func() { ended <- d.Run(ctx) }()
	go func() { ended <- d.Watch(ctx, d.show) }()
	t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-ended; err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, agent.ErrStopping) {
				t.Errorf("agent: %v", err)
			}
		}
	})
	return d
}

func (d *desk) show(s agent.Snapshot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shot = s
	close(d.changed)
	d.changed = make(chan struct{})
}

func (d *desk) now() agent.Snapshot {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shot
}

// until waits for a snapshot that fits.
func (d *desk) until(t *testing.T, what string, within time.Duration, fits func(agent.Snapshot) bool) agent.Snapshot {
	t.Helper()
	limit := time.NewTimer(within)
	defer limit.Stop()
	for {
		d.mu.Lock()
		s, changed := d.shot, d.changed
		d.mu.Unlock()
		if fits(s) {
			return s
		}
		select {
		case <-changed:
		case <-limit.C:
			t.Fatalf("%s did not come within %v; the desk is at %v with problem %+v, owed %d\n%s", what, within, s.Phase, s.Problem, s.Owed, d.log)
		}
	}
}

func (d *desk) phase(t *testing.T, p agent.Phase) agent.Snapshot {
	t.Helper()
	return d.until(t, p.String(), patience, func(s agent.Snapshot) bool { return s.Phase == p })
}

// gone waits until the card is out, which the desk has seen, and nothing is
// owed to the server.
func (d *desk) gone(t *testing.T) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for begin := time.Now(); d.slot.Inserted() != ""; <-tick.C {
		if time.Since(begin) > patience {
			t.Fatalf("the card is in after %v; the desk is at %v\n%s", patience, d.now().Phase, d.log)
		}
	}
	d.until(t, "an empty desk", patience, func(s agent.Snapshot) bool {
		return s.Phase == agent.NoCard && s.Card == nil && s.Owed == 0
	})
}

func (d *desk) insert(t *testing.T, name string, script string) *fault.Player {
	t.Helper()
	var p *fault.Player
	if script != "" {
		s, err := fault.Parse([]byte(script))
		if err != nil {
			t.Fatal(err)
		}
		p = fault.NewPlayer(s)
	} else {
		p = fault.NewPlayer(nil)
	}
	if err := d.slot.Insert(t.Context(), name, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// typePIN waits for the question and answers it.
func (d *desk) typePIN(t *testing.T, pin string) {
	t.Helper()
	s := d.until(t, "the question for the passcode", patience, func(s agent.Snapshot) bool { return s.PINWanted && s.Card != nil })
	if err := d.Do(t.Context(), agent.SubmitPIN{Gen: s.Card.Gen, PIN: card.NewPIN([]byte(pin))}); err != nil && !errors.Is(err, agent.ErrPhase) {
		t.Fatal(err)
	}
}

// signOn does the whole sign-on and returns the ticket.
func (d *desk) signOn(t *testing.T, name string) broker.Ticket {
	t.Helper()
	d.insert(t, name, "")
	d.typePIN(t, realmtest.PIN())
	s := d.until(t, "the roles", patience, func(s agent.Snapshot) bool {
		return s.Phase == agent.ChoosingRole || s.Phase == agent.SignedOn
	})
	if s.Phase == agent.ChoosingRole {
		if err := d.Do(t.Context(), agent.ChooseRole{ID: s.Roles[0].ID}); err != nil {
			t.Fatal(err)
		}
	}
	d.phase(t, agent.SignedOn)
	ticket, err := d.Ticket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// logBook keeps a log for the tests that search it.
type logBook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
