package storetest

import (
	"errors"
	"strconv"
	"sync"
	"testing"

	"lanyard/broker/session"
)

func update(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	create(t, s, lasting(c, "a", "o", "1"))
	got, err := s.Update(t.Context(), "a", func(r session.Record) (session.Record, error) {
		if r.Version != 1 || string(r.Data) != "1" {
			t.Errorf("fn was given %+v", r)
		}
		r.Data = []byte("2")
		r.Version, r.Key = 77, "elsewhere" // not fn's to change
		return r, nil
	})
	if err != nil || got.Version != 2 || got.Key != "a" || string(got.Data) != "2" {
		t.Fatalf("update returned %+v, %v", got, err)
	}
	if kept := get(t, s, "a"); kept.Version != 2 || string(kept.Data) != "2" || kept.Owner != "o" {
		t.Errorf("store kept %+v", kept)
	}
	if _, err := s.Get(t.Context(), "elsewhere"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("update made another record: %v", err)
	}
}

func updateRefused(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	create(t, s, lasting(c, "a", "", "1"))
	no := errors.New("no")
	_, err := s.Update(t.Context(), "a", func(r session.Record) (session.Record, error) {
		copy(r.Data, "9")
		return r, no
	})
	if !errors.Is(err, no) {
		t.Errorf("update returned %v", err)
	}
	if got := get(t, s, "a"); got.Version != 1 || string(got.Data) != "1" {
		t.Errorf("a refused update wrote %+v", got)
	}
}

func updateNeverCreates(t *testing.T, h Harness) {
	s := start(t, h, newClock())
	_, err := s.Update(t.Context(), "a", func(r session.Record) (session.Record, error) {
		t.Error("fn was called without a record")
		return r, nil
	})
	if !errors.Is(err, session.ErrNotFound) {
		t.Errorf("update returned %v", err)
	}
}

func updateContended(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	create(t, s, lasting(c, "a", "", "0"))
	const writers, each = 8, 10
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				if _, err := s.Update(t.Context(), "a", addOne); err != nil {
					t.Errorf("update: %v", err)
				}
			}
		})
	}
	all.Wait()
	if got := get(t, s, "a"); string(got.Data) != strconv.Itoa(writers*each) || got.Version != 1+writers*each {
		t.Errorf("%d additions made %q at version %d", writers*each, got.Data, got.Version)
	}
}

func addOne(r session.Record) (session.Record, error) {
	n, err := strconv.Atoi(string(r.Data))
	r.Data = []byte(strconv.Itoa(n + 1))
	return r, err
}

// updateRunsAgain changes the record while fn runs: fn must be run again on
// what was written meanwhile. It also shows that fn may call the store.
func updateRunsAgain(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	create(t, s, lasting(c, "a", "", "0"))
	runs := 0
	got, err := s.Update(t.Context(), "a", func(r session.Record) (session.Record, error) {
		if runs++; runs == 1 {
			if _, err := s.Update(t.Context(), "a", addOne); err != nil {
				t.Errorf("update within: %v", err)
			}
		}
		return addOne(r)
	})
	if err != nil || runs != 2 || string(got.Data) != "2" || got.Version != 3 {
		t.Errorf("after %d runs: %q at version %d, %v", runs, got.Data, got.Version, err)
	}
}
