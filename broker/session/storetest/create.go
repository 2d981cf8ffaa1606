package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lanyard/broker/session"
)

func createAndGet(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	if _, err := s.Get(t.Context(), "a"); !errors.Is(err, session.ErrNotFound) {
		t.Fatalf("get before create: %v", err)
	}
	want := lasting(c, "a", "900000000017", "first")
	create(t, s, want)
	got := get(t, s, "a")
	if got.Key != "a" || got.Version != 1 || got.Owner != want.Owner || string(got.Data) != "first" || !got.Expires.Equal(want.Expires) {
		t.Errorf("got %+v, want %+v with version 1", got, want)
	}
	if err := s.Create(t.Context(), lasting(c, "a", "", "second")); !errors.Is(err, session.ErrExists) {
		t.Errorf("second create: %v", err)
	}
	if got := get(t, s, "a"); string(got.Data) != "first" {
		t.Errorf("second create wrote %q", got.Data)
	}
}

func getReturnsCopies(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	data := []byte("mine")
	create(t, s, session.Record{Key: "a", Data: data, Expires: c.now().Add(time.Hour)})
	copy(data, "evil")
	got := get(t, s, "a")
	copy(got.Data, "evil")
	if got := get(t, s, "a"); string(got.Data) != "mine" {
		t.Errorf("record changed to %q without a write", got.Data)
	}
}

func createOneWinner(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	const tries = 32
	for round := range 8 {
		key := fmt.Sprintf("round-%d", round)
		var won atomic.Int64
		var winner atomic.Value
		var all sync.WaitGroup
		for i := range tries {
			all.Go(func() {
				name := fmt.Sprintf("try-%d", i)
				switch err := s.Create(t.Context(), lasting(c, key, "", name)); {
				case err == nil:
					won.Add(1)
					winner.Store(name)
				case !errors.Is(err, session.ErrExists):
					t.Errorf("loser got %v", err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d winners of %s", won.Load(), key)
		}
		if got := get(t, s, key); string(got.Data) != winner.Load() {
			t.Fatalf("record is of %q, winner was %q", got.Data, winner.Load())
		}
	}
}

func byOwner(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	create(t, s, lasting(c, "a", "900000000017", ""))
	create(t, s, lasting(c, "b", "900000000017", ""))
	create(t, s, lasting(c, "c", "90000000001", "")) // a prefix of the other
	create(t, s, lasting(c, "d", "", ""))
	keys := func(owner string) []string {
		t.Helper()
		rs, err := s.ByOwner(t.Context(), owner)
		if err != nil {
			t.Fatalf("by owner %q: %v", owner, err)
		}
		var ks []string
		for _, r := range rs {
			ks = append(ks, r.Key)
		}
		slices.Sort(ks)
		return ks
	}
	for owner, want := range map[string][]string{
		"900000000017": {"a", "b"}, "90000000001": {"c"}, "9": nil, "": nil,
	} {
		if got := keys(owner); !slices.Equal(got, want) {
			t.Errorf("owner %q has %q, want %q", owner, got, want)
		}
	}
	if _, err := s.Update(t.Context(), "b", func(r session.Record) (session.Record, error) {
		r.Owner = "90000000001"
		return r, nil
	}); err != nil {
		t.Fatal(err)
	}
	if got := keys("900000000017"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("after a change of owner the old one has %q", got)
	}
	if got := keys("90000000001"); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("after a change of owner the new one has %q", got)
	}
	c.forward(2 * time.Hour)
	if got := keys("900000000017"); got != nil {
		t.Errorf("expired records of an owner: %q", got)
	}
}

func endedContext(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	create(t, s, lasting(c, "a", "", "kept"))
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("caller went away")
	cancel(cause)
	if err := s.Create(ctx, lasting(c, "b", "", "")); !errors.Is(err, cause) {
		t.Errorf("create: %v", err)
	}
	if _, err := s.Get(ctx, "a"); !errors.Is(err, cause) {
		t.Errorf("get: %v", err)
	}
	if _, err := s.ByOwner(ctx, "a"); !errors.Is(err, cause) {
		t.Errorf("by owner: %v", err)
	}
	if _, err := s.Update(ctx, "a", func(r session.Record) (session.Record, error) { return r, nil }); !errors.Is(err, cause) {
		t.Errorf("update: %v", err)
	}
	if _, err := s.Get(t.Context(), "b"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("create with an ended context left a record: %v", err)
	}
}
