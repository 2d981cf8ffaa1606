package session

import (
	"context"
	"time"
)

const (
	// listenAgain is the pause before messages are listened to again.
	listenAgain = 200 * time.Millisecond
	// acksAtOnce is how many acknowledgements are sent together.
	acksAtOnce = 64
)

// listening hears other nodes. What is missed while nobody listens is told by
// the next renewal.
func (n *node) listening(ctx context.Context) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for first := true; ; first = false {
		began := n.elapsed()
		err := n.store.Listen(ctx, n.id, n.hear)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if first || n.elapsed()-began > LeaseFor { // else it was said
			n.log.WarnContext(ctx, "messages of other nodes do not arrive: ends of sessions take longer", "error", err)
		}
		pause.Reset(listenAgain)
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-pause.C:
		}
	}
}

// hear takes a message. It never waits.
func (n *node) hear(m Message) {
	switch {
	case m.Key == "":
		if m.From.Node == n.id {
			n.asks.acknowledge(m.From.Ask, m.By)
		}
	case m.From.Node != n.id && GroupOf(m.Key) == m.Group:
		n.groups[m.Group].apply(Change{Number: m.Number, Key: m.Key})
		select {
		case n.acks <- m.From:
		default: // the lease will do
		}
	}
}

// acknowledging sends acknowledgements, those together that are ready.
func (n *node) acknowledging(ctx context.Context) error {
	for {
		var ready []Asker
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case a := <-n.acks:
			ready = append(ready, a)
		}
		for len(ready) < acksAtOnce && len(n.acks) > 0 {
			ready = append(ready, <-n.acks)
		}
		limited, cancel := context.WithTimeout(ctx, LeaseFor)
		if err := n.store.Acknowledge(limited, n.id, ready); err != nil && ctx.Err() == nil {
			n.log.DebugContext(ctx, "acknowledgements were not sent", "error", err)
		}
		cancel()
	}
}
