package redis_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"lanyard/broker/session"
	"lanyard/broker/session/redis"
)

// writers is how many of them a load has.
const writers = 8

// load is writers on a store, and what they were told. Each makes one record
// after the other and adds to a record of its own.
type load struct {
	store    *redis.Store
	stop     context.CancelFunc
	running  sync.WaitGroup
	progress chan struct{} // told of each step, one at a time

	mu        sync.Mutex
	steps     [writers]int
	confirmed []string
	additions [writers]int
}

func counter(w int) string { return fmt.Sprintf("count-%d", w) }

func lasting(key string) session.Record {
	return session.Record{Key: key, Owner: "900000000017", Data: []byte{}, Expires: time.Now().Add(time.Hour)}
}

func startLoad(t *testing.T, s *redis.Store) *load {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	l := &load{store: s, stop: stop, progress: make(chan struct{}, 1)}
	for w := range writers {
		if err := s.Create(t.Context(), lasting(counter(w))); err != nil {
			t.Fatal(err)
		}
		l.running.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				l.step(ctx, t, w, n)
			}
		})
	}
	return l
}

// step makes one record and one addition.
func (l *load) step(ctx context.Context, t *testing.T, w, n int) {
	key := fmt.Sprintf("%d-%d", w, n)
	made := l.store.Create(ctx, lasting(key))
	_, added := l.store.Update(ctx, counter(w), func(r session.Record) (session.Record, error) {
		r.Data = append(r.Data, 1)
		return r, nil
	})
	l.mu.Lock()
	l.steps[w]++
	if made == nil {
		l.confirmed = append(l.confirmed, key)
	}
	if added == nil {
		l.additions[w]++
	}
	l.mu.Unlock()
	if err := errors.Join(made, added); err != nil && ctx.Err() == nil {
		t.Errorf("writer %d: %v", w, err)
	}
	select {
	case l.progress <- struct{}{}:
	default:
	}
}

// advance waits until every writer has made n more steps, and tells how long it
// took until each had made one.
func (l *load) advance(t *testing.T, n int) (all time.Duration) {
	t.Helper()
	begin, start := time.Now(), l.made()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		least := n
		for w, now := range l.made() {
			least = min(least, now-start[w])
		}
		if least > 0 && all == 0 {
			all = time.Since(begin)
		}
		if least == n {
			return all
		}
		select {
		case <-l.progress:
		case <-limit.C:
			t.Fatalf("a writer stands still after %d steps of %d", least, n)
		}
	}
}

func (l *load) made() [writers]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.steps
}

// check ends the writers and looks for what they were told.
func (l *load) check(t *testing.T) {
	t.Helper()
	l.stop()
	l.running.Wait()
	owned := map[string]bool{}
	all, err := l.store.ByOwner(t.Context(), lasting("").Owner)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		owned[r.Key] = true
	}
	for _, key := range l.confirmed {
		if _, err := l.store.Get(t.Context(), key); err != nil || !owned[key] {
			t.Errorf("%s was confirmed: %v; among its owner's: %v", key, err, owned[key])
		}
	}
	for w, told := range l.additions {
		r, err := l.store.Get(t.Context(), counter(w))
		if n := len(r.Data); err != nil || n < told || n > told+1 || r.Version != uint64(n)+1 {
			t.Errorf("%d additions of writer %d were confirmed, %d are there at version %d: %v", told, w, n, r.Version, err)
		}
	}
	t.Logf("%d records were confirmed", len(l.confirmed))
}
