package ui

import (
	"sync"

	"fyne.io/fyne/v2"
)

// dispatcher brings work from other goroutines to the toolkit's. It holds the
// program's only use of fyne.Do, and at most one is under way. Nobody waits
// for the work: what the toolkit drops at its end is lost, and may be.
type dispatcher struct {
	later func(func()) // fyne.Do

	mu     sync.Mutex
	work   []func()
	called bool
}

// do has f run on the toolkit's goroutine, in order.
func (d *dispatcher) do(f func()) {
	d.mu.Lock()
	d.work = append(d.work, f)
	first := !d.called
	d.called = true
	d.mu.Unlock()
	if first {
		d.later(d.run)
	}
}

// newDispatcher makes one that waits for nothing.
func newDispatcher() *dispatcher { return &dispatcher{later: fyne.Do} }

func (d *dispatcher) run() {
	d.mu.Lock()
	work := d.work
	d.work, d.called = nil, false
	d.mu.Unlock()
	for _, f := range work {
		f()
	}
}
