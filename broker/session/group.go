package session

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// group is what a node knows of one group of keys.
type group struct {
	index  int
	memory *memory
	until  atomic.Int64 // when the lease ends, by the node's clock

	mu      sync.Mutex
	joined  bool   // applied counts
	applied uint64 // every change up to this one is
	flights map[*flight]struct{}
	seen    map[string]sighting // leases of other nodes
}

// flight is a record on its way from the store into memory.
type flight struct {
	key  string
	from uint64 // what was applied when it left
	last uint64 // the last change of its key that was applied meanwhile
}

// sighting is since when a lease was seen at a renewal.
type sighting struct {
	renewal uint64
	since   time.Duration
}

// depart notes that a key's record is being fetched. Every flight lands.
func (g *group) depart(key string) *flight {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := &flight{key: key, from: g.applied}
	g.flights[f] = struct{}{}
	return f
}

func (g *group) land(f *flight) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.flights, f)
}

// keep puts a record into memory as it was at a number, unless a later change
// of it was applied meanwhile. It returns the entry to go on with.
func (g *group) keep(f *flight, number uint64, e *entry) *entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.joined || f.last > number || f.from > number {
		return e
	}
	e.asOf = number
	there := g.memory.put(e)
	if there != e {
		there.adopt(&e.sess, e.version)
		there.asOf = max(there.asOf, number)
	}
	return there
}

// apply takes a change into account: what memory holds of the key from before
// it goes, and what is on its way from before it will not be kept.
func (g *group) apply(c Change) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.applyLocked(c)
}

func (g *group) applyLocked(c Change) {
	for f := range g.flights {
		if f.key == c.Key {
			f.last = max(f.last, c.Number)
		}
	}
	g.memory.dropBefore(c.Key, c.Number)
}

// renewed applies what a renewal told, and only then extends the lease. Where
// something is missing, or the store has gone back, all is forgotten.
func (g *group) renewed(r *Renewed, until, heard time.Duration) (forgot bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.joined && r.Number >= g.applied && r.Number-g.applied == uint64(len(r.Changes))
	if known {
		for _, c := range r.Changes {
			g.applyLocked(c)
		}
	} else {
		forgot = g.joined
		g.forget()
	}
	g.joined, g.applied = true, r.Number
	g.until.Store(int64(until))
	g.sight(r.Leases, heard)
	return forgot
}

// forget empties the group's memory, with what is on its way to it.
func (g *group) forget() {
	for f := range g.flights {
		f.last = math.MaxUint64
	}
	g.memory.dropGroup(g.index)
}

// leave ends the lease on this side: nothing is served from memory any more.
func (g *group) leave() {
	g.until.Store(0)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.joined, g.applied = false, 0
	g.forget()
}

// sight notes since when other nodes' leases stand as they do.
func (g *group) sight(leases []Lease, now time.Duration) {
	seen := make(map[string]sighting, len(leases))
	for _, l := range leases {
		at, ok := g.seen[l.Node]
		if !ok || at.renewal != l.Renewal {
			at = sighting{renewal: l.Renewal, since: now}
		}
		seen[l.Node] = at
	}
	g.seen = seen
}

// ends tells when a lease has ended at the latest, as far as is known now.
func (g *group) ends(l Lease, now time.Duration) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at, ok := g.seen[l.Node]; ok && at.renewal == l.Renewal {
		now = at.since
	}
	return now + LeaseFor + leaseMargin
}

// ended returns the leases that have.
func (g *group) ended(now time.Duration) (all []Lease) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for node, at := range g.seen {
		if now-at.since > LeaseFor+leaseMargin {
			all = append(all, Lease{Node: node, Renewal: at.renewal})
		}
	}
	return all
}
