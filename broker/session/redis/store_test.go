//go:build unix

package redis_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker/session"
	"lanyard/broker/session/redis"
	"lanyard/broker/session/storetest"
	"lanyard/test/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, address string, o redis.Options) *redis.Store {
	t.Helper()
	s, err := redis.Open(context.Background(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func conformance(t *testing.T, address string) {
	var tests atomic.Int64
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		prefix := fmt.Sprintf("test %d:", tests.Add(1))
		return storetest.Harness{TwoHandles: true, Open: func(t testing.TB, now func() time.Time) session.Store {
			return open(t, address, redis.Options{Prefix: prefix, Now: now})
		}}
	})
}

func TestStore(t *testing.T) {
	server := engine.StartRedis(t, "appendfsync always")
	address := "redis://" + server.Address
	t.Run("conformance", func(t *testing.T) { conformance(t, address) })
	t.Run("what was confirmed survives a kill", func(t *testing.T) {
		l := startLoad(t, open(t, address, redis.Options{}))
		for range 3 {
			l.advance(t, 20)
			server.Kill()
			server.Restart()
		}
		l.advance(t, 20)
		l.check(t)
	})
	t.Run("unknown outcome is told", func(t *testing.T) {
		s := open(t, address, redis.Options{})
		server.Pause()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		err := s.Create(ctx, lasting("paused"))
		server.Resume()
		if !errors.Is(err, session.ErrOutcomeUnknown) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a write that was sent and not answered: %v", err)
		}
	})
	t.Run("known outcome is told", func(t *testing.T) {
		s := open(t, address, redis.Options{})
		server.Kill()
		defer server.Restart()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		err := s.Create(ctx, lasting("dead"))
		if errors.Is(err, session.ErrOutcomeUnknown) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a write to nobody: %v", err)
		}
	})
}
