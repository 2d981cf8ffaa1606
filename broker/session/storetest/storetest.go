package storetest

import (
	"sync"
	"testing"
	"time"

	"lanyard/broker/session"
)

// Harness opens handles on one store, empty at first, that the test owns.
type Harness struct {
	// Open returns a handle that takes the time from now.
	Open func(t testing.TB, now func() time.Time) session.Store
	// TwoHandles: a second handle may be open at the same time, as of a second
	// node.
	TwoHandles bool
}

// Run holds a store to the contract of [session.Store]. It calls fresh for
// every test.
func Run(t *testing.T, fresh func(t *testing.T) Harness) {
	tests := []struct {
		name string
		run  func(*testing.T, Harness)
	}{
		{"create and get", createAndGet},
		{"get returns copies", getReturnsCopies},
		{"create has one winner", createOneWinner},
		{"update", update},
		{"update returns fn's error and writes nothing", updateRefused},
		{"update never creates", updateNeverCreates},
		{"update under contention", updateContended},
		{"update runs fn again", updateRunsAgain},
		{"records of an owner", byOwner},
		{"expiry", expiry},
		{"expiry makes room", expiryMakesRoom},
		{"sweep", sweep},
		{"survives closing", reopen},
		{"after close", afterClose},
		{"ended context", endedContext},
		{"two handles", twoHandles},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, fresh(t)) })
	}
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// start opens a handle that is closed with the test.
func start(t *testing.T, h Harness, c *clock) session.Store {
	t.Helper()
	s := h.Open(t, c.now)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// lasting makes a record that outlives the test.
func lasting(c *clock, key, owner, data string) session.Record {
	return session.Record{Key: key, Owner: owner, Data: []byte(data), Expires: c.now().Add(time.Hour)}
}

func create(t *testing.T, s session.Store, r session.Record) {
	t.Helper()
	if err := s.Create(t.Context(), r); err != nil {
		t.Fatalf("create %s: %v", r.Key, err)
	}
}

func get(t *testing.T, s session.Store, key string) session.Record {
	t.Helper()
	r, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	return r
}
