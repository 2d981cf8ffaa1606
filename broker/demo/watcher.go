package demo

import (
	"context"
	"fmt"
	"sync"

	"lanyard/broker/agent"
)

// watcher keeps the desk's latest snapshot and waits for one that fits.
type watcher struct {
	mu      sync.Mutex
	latest  agent.Snapshot
	changed chan struct{} // closed when latest is replaced
	cancel  context.CancelFunc
	done    chan struct{}
}

// watch begins to watch; stop ends it and waits.
func watch(ctx context.Context, d agent.Desk) *watcher {
	ctx, cancel := context.WithCancel(ctx)
	w := &watcher{changed: make(chan struct{}), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		_ = d.Watch(ctx, w.show) // it ends with ctx or with the agent
	}()
	return w
}

func (w *watcher) show(s agent.Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.latest = s
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *watcher) stop() {
	w.cancel()
	<-w.done
}

func (w *watcher) now() agent.Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.latest
}

// until waits for a snapshot that fits.
func (w *watcher) until(ctx context.Context, what string, fits func(agent.Snapshot) bool) (agent.Snapshot, error) {
	for {
		w.mu.Lock()
		s, changed := w.latest, w.changed
		w.mu.Unlock()
		if fits(s) {
			return s, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			text := s.Phase.String()
			if s.Problem != nil {
				text += ", " + string(s.Problem.Code) + " " + s.Problem.Detail
			}
			return s, fmt.Errorf("waited for %s, the desk is at %s: %w", what, text, context.Cause(ctx))
		}
	}
}
