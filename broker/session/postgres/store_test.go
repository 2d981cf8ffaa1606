//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker/session"
	"lanyard/broker/session/postgres"
	"lanyard/broker/session/storetest"
	"lanyard/test/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, address string, now func() time.Time) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), address, postgres.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	server := engine.StartPostgres(t)
	fresh := func(t *testing.T) storetest.Harness {
		address := server.Database(t)
		return storetest.Harness{TwoHandles: true, Open: func(t testing.TB, now func() time.Time) session.Store { return open(t, address, now) }}
	}
	t.Run("conformance", func(t *testing.T) { storetest.Run(t, fresh) })
	t.Run("shared", func(t *testing.T) { storetest.RunShared(t, fresh) })
	t.Run("what was confirmed survives a kill", func(t *testing.T) {
		survivesKill(t, engine.StartPostgres(t)) // one that has to sync no other test's files when it recovers
	})
}

// survivesKill kills the server under writers, again and again: what they were
// told is stored is there afterwards, and what they repeat is written once.
func survivesKill(t *testing.T, server *engine.Postgres) {
	s := open(t, server.Database(t), nil)
	defer func() { _ = s.Close() }()
	if err := s.Create(t.Context(), session.Record{Key: "count", Data: []byte{}, Expires: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	var mu sync.Mutex
	var confirmed []string
	additions := 0
	progress := make(chan struct{}, 1)
	for w := range 8 {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				key := fmt.Sprintf("%d-%d", w, n)
				made := s.Create(ctx, session.Record{Key: key, Expires: time.Now().Add(time.Hour)})
				added := session.ErrClosed
				if w == 0 {
					_, added = s.Update(ctx, "count", func(r session.Record) (session.Record, error) {
						r.Data = append(r.Data, 1)
						return r, nil
					})
				}
				mu.Lock()
				if made == nil {
					confirmed = append(confirmed, key)
					select {
					case progress <- struct{}{}:
					default:
					}
				} else if ctx.Err() == nil {
					t.Errorf("create: %v", made)
				}
				if added == nil {
					additions++
				}
				mu.Unlock()
			}
		})
	}
	for range 3 {
		for range 100 {
			<-progress
		}
		server.Kill()
		server.Restart()
	}
	cancel()
	writers.Wait()
	for _, key := range confirmed {
		if _, err := s.Get(t.Context(), key); err != nil {
			t.Errorf("confirmed and gone: %s: %v", key, err)
		}
	}
	r, err := s.Get(t.Context(), "count")
	if n := len(r.Data); err != nil || n < additions || n > additions+1 || r.Version != uint64(n)+1 {
		t.Errorf("%d additions were confirmed, %d are there at version %d: %v", additions, n, r.Version, err)
	}
}

func TestUnknownOutcomeIsTold(t *testing.T) {
	server := engine.StartPostgres(t)
	s := open(t, server.Database(t), nil)
	defer func() { _ = s.Close() }()
	server.Pause()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := s.Create(ctx, session.Record{Key: "a", Expires: time.Now().Add(time.Hour)})
	server.Resume()
	if !errors.Is(err, session.ErrOutcomeUnknown) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a write that was sent and not answered: %v", err)
	}
}
