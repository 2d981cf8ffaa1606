package ticket

import (
	"hash/maphash"
	"sync"
	"time"

	"lanyard/broker"
)

// An application that takes the same ticket again is noted once in grantEvery,
// so that a busy one costs the agent little and hides no other. At most
// maxGrants are told apart.
const (
	grantEvery = time.Minute
	maxGrants  = 256
)

// grants remembers which application was noted for which ticket.
type grants struct {
	seed maphash.Seed

	mu   sync.Mutex
	last map[grant]time.Time
}

// grant holds a hash and not the ticket, which must not outlive its session.
type grant struct {
	application string
	ticket      uint64
}

func newGrants() *grants {
	return &grants{seed: maphash.MakeSeed(), last: make(map[grant]time.Time)}
}

func (g *grants) of(application string, t broker.Ticket) grant {
	return grant{application: application, ticket: maphash.String(g.seed, t.Reveal())}
}

// due tells whether the agent has to be told.
func (g *grants) due(application string, t broker.Ticket, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, ok := g.last[g.of(application, t)]
	return !ok || now.Sub(at) >= grantEvery
}

// noted remembers that the agent was told.
func (g *grants) noted(application string, t broker.Ticket, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.last) >= maxGrants {
		g.forget(now)
	}
	g.last[g.of(application, t)] = now
}

// forget drops what no longer matters, or everything where all still does.
func (g *grants) forget(now time.Time) {
	for k, at := range g.last {
		if now.Sub(at) >= grantEvery {
			delete(g.last, k)
		}
	}
	if len(g.last) >= maxGrants {
		clear(g.last)
	}
}
