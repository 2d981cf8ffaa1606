package card_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/pcsc"
	"lanyard/card/piv"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/fault"
	"lanyard/card/virtual/reader"
)

// The cards of these tests.
const (
	uid    = "555021935107"
	thePIN = "48215937"
	thePUK = "90218734"
	tries  = 3
)

// socketEnv tells PC/SC programs where their service is. libpcsclite reads it
// once in a process, so this binary has one reader for itself.
const socketEnv = "PCSCLITE_CSOCK_NAME"

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// the reader of this binary, started by TestMain.
var desk *reader.Reader

func TestMain(m *testing.M) {
	reader.Main()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if desk, err = reader.Start(context.Background(), reader.Config{}); err == nil {
		err = os.Setenv(socketEnv, desk.Socket())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := desk.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// deviceKey is a device key that is always there.
type deviceKey [32]byte

func (k deviceKey) DeviceKey(context.Context) (*[32]byte, error) {
	key := [32]byte(k)
	return &key, nil
}

// master makes one card file of each algorithm: a copy of it with its counter
// is a fresh card, without waiting for new keys.
var master = func() func(*testing.T, virtual.Algorithm) string {
	var mu sync.Mutex
	made := map[virtual.Algorithm]string{}
	return func(t *testing.T, alg virtual.Algorithm) string {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if dir, ok := made[alg]; ok {
			return dir
		}
		dir, err := os.MkdirTemp(filepath.Dir(desk.Socket()), "master")
		if err != nil {
			t.Fatal(err)
		}
		c, err := virtual.Create(t.Context(), filepath.Join(dir, "test.card"), deviceKey{1}, virtual.Spec{
			Label: uid, PIN: secret(thePIN), PUK: secret(thePUK), Alg: alg,
			Cost:  virtual.Cost{Memory: 8, Passes: 1, Lanes: 1},
			Issue: cardtest.NewIssuer(t).For(uid),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		made[alg] = dir
		return dir
	}
}()

func secret(s string) *card.PIN { return card.NewPIN([]byte(s)) }

// plastic is a card file as a card that can be put into a reader.
type plastic struct {
	path   string
	card   *virtual.Card
	chip   *applet.Card
	player *fault.Player
}

// newCard makes a fresh card that misbehaves as the script says.
func newCard(t *testing.T, alg virtual.Algorithm, script string, o applet.Options) *plastic {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(master(t, alg))); err != nil {
		t.Fatal(err)
	}
	s, err := fault.Parse([]byte(script))
	if err != nil {
		t.Fatal(err)
	}
	p := &plastic{path: filepath.Join(dir, "test.card"), player: fault.NewPlayer(s)}
	if p.card, err = virtual.Open(t.Context(), p.path, deviceKey{1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.card.Close() })
	log := slog.New(slog.DiscardHandler)
	p.chip = applet.New(virtual.NewPIV(p.card, false, log), o)
	return p
}

// insert puts the card into a reader until the test ends.
func (p *plastic) insert(t *testing.T, r *reader.Reader) {
	t.Helper()
	if err := r.Insert(t.Context(), p.player.Chip(p.chip)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Remove)
}

// watch reports what happens at the reader of this binary.
func watch(t *testing.T) <-chan card.Event {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	events, done := make(chan card.Event, 100), make(chan struct{})
	w := pcsc.NewWatcher(slog.New(slog.DiscardHandler), new(card.Generations))
	go func() {
		defer close(done)
		_ = w.Watch(ctx, func(ev card.Event) {
			if slices.Contains([]card.EventKind{card.Inserted, card.Removed, card.Mute, card.ServiceDown}, ev.Kind) {
				events <- ev
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return events
}

func next(t *testing.T, events <-chan card.Event, kind card.EventKind) card.Event {
	t.Helper()
	select {
	case ev := <-events:
		if ev.Kind != kind {
			t.Fatalf("event %v, want %v", ev.Kind, kind)
		}
		return ev
	case <-time.After(patience):
		t.Fatalf("no %v", kind)
	}
	return card.Event{}
}

// opener opens PIV cards over PC/SC, as the agent does.
func opener() *piv.Opener {
	return piv.NewOpener(piv.ConnectFunc(func(ctx context.Context, ev card.Event) (piv.Transport, error) {
		conn, err := pcsc.Connect(ctx, ev.Reader, ev.Gen)
		if err != nil {
			return nil, err
		}
		return conn, nil
	}), piv.Options{})
}

// tool runs somebody else's program on a reader.
func tool(t *testing.T, r *reader.Reader, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), socketEnv+"="+r.Socket())
	out, err := cmd.CombinedOutput()
	return string(out), err
}
