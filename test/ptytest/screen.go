package ptytest

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a screen is watched for something.
const patience = 20 * time.Second

// Screen is what a program printed, to be waited for.
type Screen struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

// NewScreen returns an empty screen.
func NewScreen() *Screen { return &Screen{more: make(chan struct{}, 1)} }

// Write prints.
func (s *Screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(b)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

// String returns all that was printed.
func (s *Screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// Await waits until a text was printed.
func (s *Screen) Await(t testing.TB, want string) {
	t.Helper()
	s.AwaitTimes(t, 1, want)
}

// AwaitTimes waits until a text was printed so many times.
func (s *Screen) AwaitTimes(t testing.TB, times int, want string) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for strings.Count(s.String(), want) < times {
		select {
		case <-s.more:
		case <-limit.C:
			t.Fatalf("not shown %d times: %q; shown:\n%s", times, want, s)
		}
	}
}
