package session

import (
	"maps"
	"sync"
)

// debts are ends that were asked for, and that the store could not confirm.
type debts struct {
	mu   sync.Mutex
	owed map[string]EndReason // by session
	due  chan struct{}        // the store answers
}

func (d *debts) owe(id string, why EndReason) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.owed[id] = why
}

func (d *debts) settle(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.owed, id)
}

func (d *debts) all() map[string]EndReason {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.owed)
}

// answered says that the store answers.
func (d *debts) answered() {
	if len(d.all()) == 0 {
		return
	}
	select {
	case d.due <- struct{}{}:
	default:
	}
}
