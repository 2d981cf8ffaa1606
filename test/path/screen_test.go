package path_test

import (
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/broker/ticket"
)

var (
	discard  = slog.New(slog.DiscardHandler)
	noPrompt = ticket.Ask{}
)

// screen is what a process printed, to be waited for.
type screen struct {
	log  logBook
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func newScreen() *screen { return &screen{more: make(chan struct{}, 1)} }

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(b)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) await(t *testing.T, want string) {
	t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for !strings.Contains(s.String(), want) {
		select {
		case <-s.more:
		case <-limit.C:
			t.Fatalf("never shown: %q; shown:\n%s\nlog:\n%s", want, s, &s.log)
		}
	}
}
