package agent

import (
	"context"
	"testing"

	"lanyard/card"
	"lanyard/card/cardtest"
)

// benchDesk is an agent that runs, and its snapshots.
type benchDesk struct {
	agent  *Agent
	drawer *drawer
	server *fakeServer
	card   *fakeCard
	shots  chan Snapshot
}

func newBenchDesk(b *testing.B) *benchDesk {
	b.Helper()
	d := &benchDesk{drawer: newDrawer(), server: newServer(), card: newCard(b, cardtest.NewIssuer(b), testUID), shots: make(chan Snapshot, 1024)}
	var err error
	if d.agent, err = New(Config{Watcher: d.drawer, Opener: d.drawer, Server: d.server, Log: quiet()}); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{}, 2)
	go func() { _ = d.agent.Run(ctx); ended <- struct{}{} }()
	go func() {
		_ = d.agent.Watch(ctx, func(s Snapshot) { d.shots <- s })
		ended <- struct{}{}
	}()
	b.Cleanup(func() {
		stop()
		<-ended
		<-ended
	})
	return d
}

// until waits for a phase with no logout owed.
func (d *benchDesk) until(p Phase) {
	for s := range d.shots {
		if s.Phase == p && s.Owed == 0 {
			return
		}
	}
}

// BenchmarkCardToPINRequest is from the card's event to the question for the
// PIN, the card's and the network's own time taken off.
func BenchmarkCardToPINRequest(b *testing.B) {
	d := newBenchDesk(b)
	for b.Loop() {
		d.drawer.insert(d.card)
		d.until(NeedPIN)
		b.StopTimer()
		d.drawer.pull(d.card)
		d.until(NoCard)
		b.StartTimer()
	}
}

// BenchmarkPINToTicket is from the typed PIN to the ticket, the network's own
// time taken off; the card in it makes a P-256 signature.
func BenchmarkPINToTicket(b *testing.B) {
	d := newBenchDesk(b)
	for b.Loop() {
		b.StopTimer()
		g := d.drawer.insert(d.card)
		d.until(NeedPIN)
		b.StartTimer()
		if err := d.agent.Do(b.Context(), SubmitPIN{Gen: g, PIN: card.NewPIN([]byte(testPIN))}); err != nil {
			b.Fatal(err)
		}
		d.until(SignedOn)
		b.StopTimer()
		d.drawer.pull(d.card)
		d.until(NoCard)
		b.StartTimer()
	}
}
