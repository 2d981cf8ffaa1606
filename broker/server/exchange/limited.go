package exchange

import (
	"context"
	"sync"
	"time"
)

// limited is a context with a deadline that sets no timer before somebody
// waits for it: most answers are made from memory. over ends it.
type limited struct {
	parent context.Context
	at     time.Time

	mu     sync.Mutex
	timed  context.Context // with a timer; nil while nobody waits
	cancel context.CancelFunc
	ended  bool
}

// within limits a context to a time from now.
func within(parent context.Context, d time.Duration) *limited {
	return &limited{parent: parent, at: time.Now().Add(d)}
}

// Deadline implements [context.Context].
func (l *limited) Deadline() (time.Time, bool) {
	if at, ok := l.parent.Deadline(); ok && at.Before(l.at) {
		return at, true
	}
	return l.at, true
}

// Done implements [context.Context].
func (l *limited) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timed == nil {
		l.timed, l.cancel = context.WithDeadline(l.parent, l.at)
		if l.ended {
			l.cancel()
		}
	}
	return l.timed.Done()
}

// Err implements [context.Context].
func (l *limited) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.timed != nil:
		return l.timed.Err()
	case l.parent.Err() != nil:
		return l.parent.Err()
	case l.ended:
		return context.Canceled
	case !time.Now().Before(l.at):
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// Value implements [context.Context]. Contexts made of this one find in it the
// one with the timer, and need no goroutine to follow it.
func (l *limited) Value(key any) any {
	l.mu.Lock()
	timed := l.timed
	l.mu.Unlock()
	if timed != nil {
		return timed.Value(key)
	}
	return l.parent.Value(key)
}

// over ends the context and stops its timer.
func (l *limited) over() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	if l.cancel != nil {
		l.cancel()
	}
}
