package virtual

import (
	"context"
	"slices"
	"sync"

	"lanyard/card"
)

// drawerATR is what the cards of a drawer answer to reset: the historical
// bytes are a name, as ISO 7816-4 allows.
func drawerATR() card.ATR {
	const name = "Lanyard virtual"
	atr := append(card.ATR{0x3B, 0x80 | byte(len(name)), 0x80, 0x01}, name...)
	var check byte
	for _, b := range atr[1:] {
		check ^= b
	}
	return append(atr, check)
}

// Watch reports cards going in and out. It runs on the caller's goroutine.
func (d *Drawer) Watch(ctx context.Context, emit func(card.Event)) error {
	q := &queue{wake: make(chan struct{}, 1)}
	d.mu.Lock()
	q.put(card.Event{Kind: card.ServiceUp})
	if !d.away {
		q.put(card.Event{Kind: card.ReaderAdded, Reader: DrawerName})
	}
	if d.in != nil {
		q.put(d.inserted())
	}
	d.watchers[q] = struct{}{}
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.watchers, q)
	}()
	for {
		for _, ev := range q.take() {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			emit(ev)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-q.wake:
		}
	}
}

// inserted wants d.mu held and a card in.
func (d *Drawer) inserted() card.Event {
	return card.Event{Kind: card.Inserted, Reader: DrawerName, ATR: drawerATR(), Gen: d.in.gen}
}

// publish wants d.mu held.
func (d *Drawer) publish(ev card.Event) {
	for q := range d.watchers {
		q.put(ev)
	}
}

// queue holds events between a hand at the drawer and a watcher that may be
// slow, so that neither waits for the other.
type queue struct {
	wake chan struct{} // holds a value when there may be events

	mu     sync.Mutex
	events []card.Event
}

func (q *queue) put(ev card.Event) {
	q.mu.Lock()
	q.events = append(q.events, ev)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) take() []card.Event {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := slices.Clone(q.events)
	q.events = q.events[:0]
	return out
}
