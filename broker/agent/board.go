package agent

import (
	"reflect"
	"sync"

	"lanyard/broker"
)

// view is what others than the loop may see of the state.
type view struct {
	shot   Snapshot
	ticket broker.Ticket // zero where none may be given out
	serial uint64
}

// board shows the latest view. Publishing never waits for those who look.
type board struct {
	mu      sync.Mutex
	latest  view
	changed chan struct{} // closed by the next change
}

func newBoard() *board { return &board{changed: make(chan struct{})} }

// look returns the latest view and what is closed when it changes.
func (b *board) look() (view, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.latest, b.changed
}

// publish shows a state; one that looks the same is no change.
func (b *board) publish(s State) {
	v := view{shot: s.Snapshot(), serial: s.on.serial, ticket: s.ticket()}
	b.mu.Lock()
	defer b.mu.Unlock()
	v.shot.Seq = b.latest.shot.Seq
	if v.shot.Seq > 0 && reflect.DeepEqual(v, b.latest) {
		return
	}
	v.shot.Seq++
	b.latest = v
	close(b.changed)
	b.changed = make(chan struct{})
}

// inbox takes inputs without ever making their sender wait.
type inbox struct {
	mu    sync.Mutex
	items []Input
	wake  chan struct{}
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

// put adds an input.
func (b *inbox) put(in Input) {
	b.mu.Lock()
	b.items = append(b.items, in)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default: // the loop will look anyway
	}
}

// take empties the inbox.
func (b *inbox) take() []Input {
	b.mu.Lock()
	defer b.mu.Unlock()
	items := b.items
	b.items = nil
	return items
}
