package bench_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptrace"
	"sync/atomic"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/client"
	"lanyard/card"
	"lanyard/test/realmtest"
)

var silent = slog.New(slog.DiscardHandler)

// desk is a running agent at a real server, with clocks at both its ends.
type desk struct {
	*agent.Agent
	slot
	atCard, onWire *stopwatch

	event     atomic.Int64  // when the last insertion was reported, Unix time in ns
	shots     chan clocked  // every snapshot that was seen
	activated chan struct{} // a challenge has come
}

// clocked is a snapshot and when it was seen.
type clocked struct {
	agent.Snapshot
	at time.Time
}

// sit starts an agent whose card is in a slot.
func sit(b *testing.B, r *realmtest.Realm, newSlot func(*testing.B, *realmtest.Realm, *stopwatch) slot) *desk {
	b.Helper()
	d := &desk{atCard: &stopwatch{}, onWire: &stopwatch{}, shots: make(chan clocked, 1024), activated: make(chan struct{}, 16)}
	d.slot = newSlot(b, r, d.atCard)
	var err error
	d.Agent, err = agent.New(agent.Config{
		Watcher: watched{d}, Opener: d.slot, Server: traced{r.Client(b, silent), d}, Log: silent,
		Policy: agent.Policy{Virtual: true, Demo: true}, Environment: agent.Environment{Name: "local"},
	})
	check(b, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	ended := make(chan error, 2)
	go func() { ended <- d.Run(ctx) }()
	go func() {
		ended <- d.Agent.Watch(ctx, func(s agent.Snapshot) { d.shots <- clocked{s, time.Now()} })
	}()
	b.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-ended; err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, agent.ErrStopping) {
				b.Errorf("agent: %v", err)
			}
		}
	})
	d.until(b, "an empty slot", empty)
	return d
}

// until waits for a snapshot and returns it.
func (d *desk) until(b *testing.B, what string, fits func(agent.Snapshot) bool) clocked {
	b.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	var last clocked
	for {
		select {
		case last = <-d.shots:
			if fits(last.Snapshot) {
				return last
			}
		case <-limit.C:
			b.Fatalf("%s did not come; the desk is at %v with problem %+v", what, last.Phase, last.Problem)
		}
	}
}

func empty(s agent.Snapshot) bool {
	return s.Phase == agent.NoCard && s.Card == nil && s.Owed == 0 && len(s.Readers) > 0
}

func asks(s agent.Snapshot) bool { return s.PINWanted && s.Card != nil }

func signedOn(s agent.Snapshot) bool { return s.Phase == agent.SignedOn }

// pull takes the card out and waits until all of it is over.
func (d *desk) pull(b *testing.B) {
	b.Helper()
	d.remove(b)
	d.until(b, "an empty slot", empty)
}

// watched notes when insertions are reported.
type watched struct{ d *desk }

// Watch implements [card.Watcher].
func (w watched) Watch(ctx context.Context, emit func(card.Event)) error {
	return w.d.slot.Watch(ctx, func(ev card.Event) {
		if ev.Kind == card.Inserted {
			w.d.event.Store(time.Now().UnixNano())
		}
		emit(ev)
	})
}

// traced counts the time on the wire: from a request's last octet to its
// answer's first, and that of a new connection.
type traced struct {
	agent.Server
	d *desk
}

func (t traced) trace(ctx context.Context) context.Context {
	var begin time.Time
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              func(string) { begin = time.Now() },
		GotConn:              func(httptrace.GotConnInfo) { t.d.onWire.add(time.Since(begin)) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { begin = time.Now() },
		GotFirstResponseByte: func() { t.d.onWire.add(time.Since(begin)) },
	})
}

// Activate implements [agent.Server].
func (t traced) Activate(ctx context.Context) (*client.Activation, error) {
	defer func() { t.d.activated <- struct{}{} }()
	return t.Server.Activate(ctx)
}

// Validate implements [agent.Server].
func (t traced) Validate(ctx context.Context, a *client.Activation, uid broker.UID, der []byte) (*client.SignOn, error) {
	return t.Server.Validate(t.trace(ctx), a, uid, der)
}

// SelectRole implements [agent.Server].
func (t traced) SelectRole(ctx context.Context, ticket broker.Ticket, id broker.RoleProfileID, m broker.SSBMode) error {
	return t.Server.SelectRole(t.trace(ctx), ticket, id, m)
}
