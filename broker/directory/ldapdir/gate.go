package ldapdir

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Pauses after attempts in vain: the first, and what they grow to.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
	refusedPause = time.Minute // where the account is refused: it might be locked
)

// gate remembers whether the directory answers, and keeps attempts apart while
// it does not: one at a time, and a pause after each.
type gate struct {
	log *slog.Logger

	mu     sync.Mutex
	last   error     // of the latest attempt; nil while the directory answers
	since  time.Time // of the first attempt in vain
	next   time.Time // before it nobody tries
	pause  time.Duration
	trying bool
}

// enter allows an attempt, which ok or fail must follow, or tells why not.
func (g *gate) enter(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.last == nil:
		return nil
	case g.trying || now.Before(g.next):
		return fmt.Errorf("not asked since a moment ago: %w", g.last)
	}
	g.trying = true
	return nil
}

// ok: the directory answered.
func (g *gate) ok(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last != nil {
		g.log.Info("directory answers again", "after", now.Sub(g.since).Round(time.Millisecond))
	}
	g.last, g.pause, g.trying = nil, 0, false
}

// fail: an attempt was in vain.
func (g *gate) fail(now time.Time, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if errors.Is(err, errClosed) {
		return
	}
	if g.last == nil {
		g.since = now
		g.log.Error("directory does not answer", "error", err)
	}
	g.last, g.trying = err, false
	longest := longestPause
	if errors.Is(err, ErrRefused) {
		longest = refusedPause
	}
	g.pause = min(max(2*g.pause, firstPause), longest)
	g.next = now.Add(g.pause)
}

// open ends the pause.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pause, g.next = 0, time.Time{}
}

// state returns the error that the directory is down with, and since when.
func (g *gate) state() (time.Time, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last == nil {
		return time.Time{}, nil
	}
	return g.since, g.last
}
