package session

import (
	"sync"
	"time"
)

// asks are the changes of this node that others have not acknowledged yet.
type asks struct {
	mu   sync.Mutex
	last uint64
	open map[uint64]*ask
}

// ask is one of them.
type ask struct {
	mu    sync.Mutex
	acked map[string]struct{}
	more  chan struct{} // there is one more
}

func (a *asks) begin() (uint64, *ask) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last++
	k := &ask{acked: make(map[string]struct{}), more: make(chan struct{}, 1)}
	a.open[a.last] = k
	return a.last, k
}

func (a *asks) end(number uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open, number)
}

func (a *asks) acknowledge(number uint64, node string) {
	a.mu.Lock()
	k := a.open[number]
	a.mu.Unlock()
	if k == nil {
		return
	}
	k.mu.Lock()
	k.acked[node] = struct{}{}
	k.mu.Unlock()
	select {
	case k.more <- struct{}{}:
	default:
	}
}

func (k *ask) has(node string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.acked[node]
	return ok
}

// numbered is one change on its way.
type numbered struct {
	node   *node
	group  *group
	key    string
	flight *flight
	number uint64 // of the ask
	ask    *ask
}

func (n *node) begin(key string) *numbered {
	c := &numbered{node: n, group: n.group(key), key: key}
	c.flight = c.group.depart(key)
	c.number, c.ask = n.asks.begin()
	return c
}

func (c *numbered) asker() Asker { return Asker{Node: c.node.id, Ask: c.number} }

func (c *numbered) end() {
	c.group.land(c.flight)
	c.node.asks.end(c.number)
}

// made takes the change into this node's own memory, as others do.
func (c *numbered) made(done *Changed, e *entry) {
	c.group.apply(Change{Number: done.Number, Key: c.key})
	c.group.keep(c.flight, done.Number, e)
}

// wait returns when each other node has acknowledged, or its lease has ended.
// It takes no longer than a lease and its margin.
func (c *numbered) wait(done *Changed) {
	now := c.node.elapsed()
	unlisted := now + done.Unlisted
	ends := make(map[string]time.Duration, len(done.Leases))
	for _, l := range done.Leases {
		ends[l.Node] = c.group.ends(l, now)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := c.node.elapsed()
		next, waits := unlisted, done.Unlisted > 0 && now < unlisted
		for node, at := range ends {
			if c.ask.has(node) || now >= at {
				delete(ends, node)
				continue
			}
			next, waits = max(next, at), true
		}
		if !waits {
			return
		}
		timer.Reset(next - now)
		select {
		case <-timer.C:
		case <-c.ask.more:
		}
	}
}
