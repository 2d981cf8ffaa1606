package exchange

import (
	"context"
	"errors"
	"time"
)

var errFull = errors.New("too many requests are at work")

// Gate bounds how many requests are worked on at a time; the others wait a
// little and are then told to come back.
type Gate struct {
	places chan struct{}
	wait   time.Duration
}

// NewGate makes a gate of so many places; a request waits for one at most so long.
func NewGate(places int, wait time.Duration) *Gate {
	return &Gate{places: make(chan struct{}, places), wait: wait}
}

// enter takes a place, or fails when none becomes free in time.
func (g *Gate) enter(ctx context.Context) error {
	select {
	case g.places <- struct{}{}:
		return nil
	default:
	}
	t := time.NewTimer(g.wait)
	defer t.Stop()
	select {
	case g.places <- struct{}{}:
		return nil
	case <-t.C:
		return errFull
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave gives the place back.
func (g *Gate) leave() { <-g.places }
