package session_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/broker/session"
	"lanyard/broker/session/bolt"
)

// sweeps notes when the file store was swept.
type sweeps struct {
	*bolt.Store
	mu sync.Mutex
	at []time.Duration
	t0 time.Time
}

func (s *sweeps) Sweep(ctx context.Context) (time.Time, error) {
	s.mu.Lock()
	s.at = append(s.at, time.Since(s.t0))
	s.mu.Unlock()
	return s.Store.Sweep(ctx)
}

func (s *sweeps) taken() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.at)
}

func TestRunSleepsUntilSomethingExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, err := bolt.Open(t.Context(), filepath.Join(t.TempDir(), "sessions.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		store := &sweeps{Store: file, t0: time.Now()}
		s, err := session.New(session.Config{
			Store: store,
			Keys:  session.Keys{Current: session.NewKey()},
			Times: session.Times{Idle: time.Hour, Max: 10 * time.Hour, Remember: time.Hour},
			Log:   slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- s.Run(ctx) }()
		want := func(when string, at ...time.Duration) {
			t.Helper()
			synctest.Wait()
			if got := store.taken(); !slices.Equal(got, at) {
				t.Fatalf("%s: swept at %v, want %v", when, got, at)
			}
		}

		time.Sleep(24 * time.Hour)
		want("a day without a record", 0)

		const day = 24 * time.Hour
		if _, _, err := s.Create(t.Context(), session.SignOn{UID: nurse}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		want("an hour with a session", 0)
		if err := s.UseOnce(t.Context(), "challenge", time.Now().Add(5*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := s.UseOnce(t.Context(), "later", time.Now().Add(5*time.Minute+time.Second)); err != nil {
			t.Fatal(err)
		}
		first := day + time.Hour + 5*time.Minute
		time.Sleep(time.Hour)
		want("two marks that expire a second apart", 0, first, first+time.Minute)
		time.Sleep(day)
		want("the session's end and nothing after it", 0, first, first+time.Minute, day+11*time.Hour)
		if live, err := store.ByOwner(t.Context(), string(nurse)); err != nil || len(live) != 0 {
			t.Errorf("left in the store: %v, %v", live, err)
		}

		cause := errors.New("server stops")
		cancel(cause)
		if err := <-stopped; !errors.Is(err, cause) {
			t.Errorf("Run returned %v", err)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
}
