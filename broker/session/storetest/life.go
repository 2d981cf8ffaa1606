package storetest

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"lanyard/broker/session"
)

func expiry(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	create(t, s, lasting(c, "a", "", "1"))
	c.forward(time.Hour - time.Nanosecond)
	get(t, s, "a")
	c.forward(time.Nanosecond)
	if _, err := s.Get(t.Context(), "a"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("get of an expired record: %v", err)
	}
	if _, err := s.Update(t.Context(), "a", addOne); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("update of an expired record: %v", err)
	}
}

func expiryMakesRoom(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	create(t, s, lasting(c, "a", "old", "1"))
	c.forward(time.Hour)
	create(t, s, lasting(c, "a", "new", "2"))
	if got := get(t, s, "a"); got.Version != 1 || string(got.Data) != "2" {
		t.Errorf("got %+v", got)
	}
	if rs, err := s.ByOwner(t.Context(), "old"); err != nil || len(rs) != 0 {
		t.Errorf("the expired record's owner has %v, %v", rs, err)
	}
}

// sweep is for stores that have to be told to forget.
func sweep(t *testing.T, h Harness) {
	c := newClock()
	s := start(t, h, c)
	sw, ok := s.(session.Sweeper)
	if !ok {
		return // the engine forgets by itself; expiry has shown it
	}
	sweepTo := func(want time.Time) {
		t.Helper()
		next, err := sw.Sweep(t.Context())
		if err != nil || !next.Equal(want) {
			t.Fatalf("sweep says next %v, %v; want %v", next, err, want)
		}
	}
	sweepTo(time.Time{})
	first := c.now().Add(time.Minute)
	for i := range 40 {
		create(t, s, session.Record{Key: strconv.Itoa(i), Owner: "o", Expires: first.Add(time.Duration(i%2) * time.Hour)})
	}
	sweepTo(first)
	c.forward(time.Minute)
	sweepTo(first.Add(time.Hour))
	if rs, err := s.ByOwner(t.Context(), "o"); err != nil || len(rs) != 20 {
		t.Errorf("%d records left, %v; want 20", len(rs), err)
	}
	if _, err := s.Update(t.Context(), "1", func(r session.Record) (session.Record, error) {
		r.Expires = r.Expires.Add(time.Hour)
		return r, nil
	}); err != nil {
		t.Fatal(err)
	}
	c.forward(time.Hour)
	sweepTo(first.Add(2 * time.Hour))
	get(t, s, "1")
	c.forward(time.Hour)
	sweepTo(time.Time{})
}

func reopen(t *testing.T, h Harness) {
	c := newClock()
	s := h.Open(t, c.now)
	create(t, s, lasting(c, "a", "o", "1"))
	if _, err := s.Update(t.Context(), "a", addOne); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	s = start(t, h, c)
	if got := get(t, s, "a"); got.Version != 2 || string(got.Data) != "2" || got.Owner != "o" {
		t.Errorf("after reopening: %+v", got)
	}
	if rs, err := s.ByOwner(t.Context(), "o"); err != nil || len(rs) != 1 {
		t.Errorf("after reopening the owner has %v, %v", rs, err)
	}
	if err := s.Create(t.Context(), lasting(c, "a", "", "")); !errors.Is(err, session.ErrExists) {
		t.Errorf("create after reopening: %v", err)
	}
}

func afterClose(t *testing.T, h Harness) {
	c := newClock()
	s := h.Open(t, c.now)
	create(t, s, lasting(c, "a", "", "1"))
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	if err := s.Create(t.Context(), lasting(c, "b", "", "")); !errors.Is(err, session.ErrClosed) {
		t.Errorf("create: %v", err)
	}
	if _, err := s.Get(t.Context(), "a"); !errors.Is(err, session.ErrClosed) {
		t.Errorf("get: %v", err)
	}
	if _, err := s.Update(t.Context(), "a", addOne); !errors.Is(err, session.ErrClosed) {
		t.Errorf("update: %v", err)
	}
	if _, err := s.ByOwner(t.Context(), "o"); !errors.Is(err, session.ErrClosed) {
		t.Errorf("by owner: %v", err)
	}
}

func twoHandles(t *testing.T, h Harness) {
	if !h.TwoHandles {
		return // this engine locks its second handle out; its own test shows that
	}
	c := newClock()
	one, two := start(t, h, c), start(t, h, c)
	create(t, one, lasting(c, "a", "o", "1"))
	if err := two.Create(t.Context(), lasting(c, "a", "", "")); !errors.Is(err, session.ErrExists) {
		t.Errorf("create through the other handle: %v", err)
	}
	runs := 0
	got, err := two.Update(t.Context(), "a", func(r session.Record) (session.Record, error) {
		if runs++; runs == 1 {
			if _, err := one.Update(t.Context(), "a", addOne); err != nil {
				t.Errorf("update through the other handle: %v", err)
			}
		}
		return addOne(r)
	})
	if err != nil || string(got.Data) != "3" {
		t.Errorf("two handles made %q, %v", got.Data, err)
	}
	if got := get(t, one, "a"); string(got.Data) != "3" {
		t.Errorf("the first handle sees %q", got.Data)
	}
}
