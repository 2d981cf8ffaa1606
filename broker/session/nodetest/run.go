package nodetest

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"lanyard/broker/session"
)

// Setup is what is run.
type Setup struct {
	Open   func() session.Shared   // a handle of one more node; Run closes it
	Fault  func(*Nodes)            // does harm, one thing after the other, until all is done
	Calm   time.Duration           // load before the faults; ends are timed in it
	Nodes  int                     // 0: 3
	Report func(calm, all Figures) // what came of it; may be nil
}

// The load of a node.
const (
	callers    = 4                    // of each node
	sessions   = 24                   // at a time
	every      = 2 * time.Millisecond // a caller's rhythm
	afterwards = time.Second          // how long sessions are looked at that are over
	checkIn    = 20 * time.Second     // for porcupine
)

// Nodes are what faults are done to.
type Nodes struct{ gates []*gate }

// Pause stops a node, but for its lookups, for a time.
func (n *Nodes) Pause(node int, d time.Duration) {
	n.gates[node].shut()
	time.Sleep(d)
	n.gates[node].reopen()
}

// Run runs nodes, callers and faults, and checks what callers were told.
func Run(t *testing.T, s Setup) {
	t.Helper()
	if s.Nodes == 0 {
		s.Nodes = 3
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	defer cancel()
	var running sync.WaitGroup
	l := newLoad()
	nodes := &Nodes{}
	keys := session.Keys{Current: session.NewKey()}
	for range s.Nodes {
		store := s.Open()
		defer func() { _ = store.Close() }()
		g := newGate(store)
		nodes.gates = append(nodes.gates, g)
		service, err := session.New(session.Config{
			Store: g, Keys: keys, Times: session.Times{Idle: time.Hour, Max: 10 * time.Hour}, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		running.Go(func() {
			if err := service.Run(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("run: %v", err)
			}
		})
		for range callers {
			l.call(func() { l.one(service, pick(l.slots[:])) })
		}
		l.call(func() { l.peek(service, pick(l.slots[:])) })
	}
	time.Sleep(s.Calm)
	calm := l.figures()
	if s.Fault != nil {
		s.Fault(nodes)
	}
	l.stop()
	all := l.figures()
	cancel()
	running.Wait()
	for _, g := range nodes.gates {
		all.Reads += int(g.reads.Load())
	}
	if s.Report != nil {
		s.Report(calm, all)
	}
	check(t, l.history)
}

// check has porcupine look for an order in which all that was told is right.
func check(t *testing.T, history []porcupine.Operation) {
	t.Helper()
	result, info := porcupine.CheckOperationsVerbose(model(), history, checkIn)
	if result == porcupine.Ok {
		return
	}
	t.Errorf("what callers were told fits no order of events (%v)", result)
	file := filepath.Join(t.ArtifactDir(), "history.html")
	if err := porcupine.VisualizePath(model(), info, file); err == nil {
		t.Logf("see %s", file)
	}
}

// pick returns one of some at random.
func pick[T any](of []T) *T { return &of[rand.IntN(len(of))] }
