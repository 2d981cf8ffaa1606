package agent

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/card/cardtest"
)

// desk is a whole agent in a bubble of its own time.
type desk struct {
	t      *testing.T
	agent  *Agent
	drawer *drawer
	server *fakeServer
	issuer *cardtest.Issuer
	card   *fakeCard
	log    *buffer
	stop   context.CancelFunc
	ended  chan error
}

// buffer is a log that several goroutines write.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// bubble runs a test with an agent in a mode. At the end the agent is stopped,
// and its log at debug level holds neither PIN nor ticket.
func bubble(t *testing.T, m Mode, f func(*desk)) {
	t.Helper()
	bubbleWith(t, Config{Mode: m}, f)
}

func bubbleWith(t *testing.T, c Config, f func(*desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, drawer: newDrawer(), server: newServer(), log: &buffer{}, ended: make(chan error, 1)}
		d.issuer = cardtest.NewIssuer(t)
		d.issuer.Until = time.Now().Add(1000 * time.Hour)
		d.card = newCard(t, d.issuer, testUID)
		c.Watcher, c.Opener, c.Server, c.Seed = d.drawer, d.drawer, d.server, 7
		c.Log = slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		var err error
		if d.agent, err = New(c); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		d.stop = stop
		go func() { d.ended <- d.agent.Run(ctx) }()
		defer d.quit() // where the test fails half way
		synctest.Wait()
		f(d)
		d.quit()
		for _, secret := range []string{testPIN, testTicket, "AQIC"} {
			if strings.Contains(d.log.String(), secret) {
				t.Errorf("the log holds %q:\n%s", secret, d.log)
			}
		}
	})
}

// quit stops the agent and waits for it; a second time does nothing.
func (d *desk) quit() {
	d.stop()
	if d.ended == nil {
		return
	}
	if err := <-d.ended; err != nil {
		d.t.Errorf("Run: %v", err)
	}
	d.ended = nil
}

func (d *desk) shot() Snapshot {
	synctest.Wait()
	v, _ := d.agent.board.look()
	return v.shot
}

// want checks phase and problem.
func (d *desk) want(p Phase, c failure.Code) Snapshot {
	d.t.Helper()
	s := d.shot()
	var got failure.Code
	if s.Problem != nil {
		got = s.Problem.Code
	}
	if s.Phase != p || got != c {
		d.t.Fatalf("the desk is at %s with %q, want %s with %q\n%s", s.Phase, got, p, c, d.log)
	}
	return s
}

func (d *desk) do(r Request) {
	d.t.Helper()
	if err := d.agent.Do(d.t.Context(), r); err != nil {
		d.t.Fatalf("%T: %v", r, err)
	}
	synctest.Wait()
}

// pin types a PIN.
func (d *desk) pin(text string) {
	d.t.Helper()
	d.do(SubmitPIN{Gen: d.shot().Card.Gen, PIN: card.NewPIN([]byte(text))})
}

// signOn puts the card in and types its PIN.
func (d *desk) signOn() {
	d.t.Helper()
	d.drawer.insert(d.card)
	d.want(NeedPIN, "")
	d.pin(testPIN)
}

// pass lets time go by.
func (d *desk) pass(p time.Duration) {
	time.Sleep(p)
	synctest.Wait()
}

// insert and pull a card.
func (d *desk) insert(c *fakeCard) {
	d.drawer.insert(c)
	synctest.Wait()
}

func (d *desk) pull(c *fakeCard) {
	d.drawer.pull(c)
	synctest.Wait()
}

// sessions checks how many sessions live at the server.
func (d *desk) sessions(want int) {
	d.t.Helper()
	synctest.Wait()
	if got := d.server.alive(); got != want {
		d.t.Fatalf("%d sessions live at the server, want %d\n%s", got, want, d.log)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
