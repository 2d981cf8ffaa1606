package pcsc

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/virtual/reader"

	"go.uber.org/goleak"
)

// socket is where every daemon of this test binary listens: libpcsclite reads
// the path once in a process.
var socket string

func TestMain(m *testing.M) {
	reader.Main()
	if stand := os.Getenv(contractEnv); stand != "" {
		os.Exit(contractMain(stand))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pcsc")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	socket = filepath.Join(dir, "run", "pcscd.comm")
	if err := os.Setenv(pcscd.SocketEnv, socket); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if code := m.Run(); code != 0 {
		return code
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// start starts a look-alike with readers.
func start(tb testing.TB, readers ...string) *pcscd.Daemon {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(socket), 0o700); err != nil {
		tb.Fatal(err)
	}
	d, err := pcscd.Start(socket)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(d.Stop)
	for _, r := range readers {
		must(tb, d.AddReader(r))
	}
	return d
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// record is a watcher that runs and what it reported.
type record struct {
	tb     testing.TB
	events chan card.Event
	end    context.CancelCauseFunc
	done   chan error
}

func watch(tb testing.TB) *record {
	tb.Helper()
	ctx, end := context.WithCancelCause(context.Background())
	r := &record{tb: tb, events: make(chan card.Event, 1000), end: end, done: make(chan error, 1)}
	w := NewWatcher(slog.New(slog.DiscardHandler), &card.Generations{})
	go func() { r.done <- w.Watch(ctx, func(ev card.Event) { r.events <- ev }) }()
	tb.Cleanup(func() { r.stop() })
	return r
}

// stop ends the watcher and returns what Watch returned.
func (r *record) stop() error {
	r.tb.Helper()
	r.end(errStopped)
	select {
	case err := <-r.done:
		r.done <- err
		return err
	case <-time.After(patience):
		r.tb.Fatal("the watcher does not end")
		return nil
	}
}

// next returns the next event, which must be of this kind.
func (r *record) next(kind card.EventKind) card.Event {
	r.tb.Helper()
	select {
	case ev := <-r.events:
		if ev.Kind != kind {
			r.tb.Fatalf("event %v %+v, want %v", ev.Kind, ev, kind)
		}
		return ev
	case <-time.After(patience):
		r.tb.Fatalf("no %v", kind)
		return card.Event{}
	}
}

// quiet fails when there is an event that nobody asked for.
func (r *record) quiet() {
	r.tb.Helper()
	select {
	case ev := <-r.events:
		r.tb.Fatalf("unexpected event %v %+v", ev.Kind, ev)
	default:
	}
}
