//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"lanyard/broker/session"
	"lanyard/test/engine"
)

// BenchmarkEnd is the price of an end that three nodes know of, one after the
// other, each of a session that all of them have in memory.
func BenchmarkEnd(b *testing.B) {
	address := engine.StartPostgres(b).Database(b)
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	keys := session.Keys{Current: session.NewKey()}
	var nodes []*session.Service
	for range 3 {
		store := open(b, address, nil)
		b.Cleanup(func() { _ = store.Close() })
		s, err := session.New(session.Config{
			Store: store, Keys: keys, Times: session.Times{Idle: time.Hour, Max: time.Hour}, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			b.Fatal(err)
		}
		running.Go(func() {
			if err := s.Run(ctx); !errors.Is(err, context.Canceled) {
				b.Errorf("run: %v", err)
			}
		})
		nodes = append(nodes, s)
	}
	time.Sleep(session.LeaseFor) // until all have their leases
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		_, ticket, err := nodes[0].Create(ctx, session.SignOn{UID: "900000000017"})
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range nodes {
			if _, err := n.Lookup(ctx, ticket.Reveal(), session.Use); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		began := time.Now()
		if _, err := nodes[1].End(ctx, ticket.Reveal(), session.LoggedOut); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
	b.ReportMetric(float64(took[(len(took)-1)*99/100].Microseconds()), "p99-us")
}
