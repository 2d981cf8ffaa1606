package trust

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"sync"
	"time"

	"lanyard/card"
)

// Cache is a Verifier that remembers which certificates held, so that the same
// card is not checked anew at every sign-on. What it remembers ends with the
// store's generation and with the report. Refusals are not remembered.
type Cache struct {
	store *Store
	size  int

	mu         sync.Mutex
	generation uint64
	known      map[cacheKey]cached
}

var _ Verifier = (*Cache)(nil)

type cacheKey struct {
	cert    [sha256.Size]byte
	purpose card.Purpose
}

type cached struct {
	from   time.Time // the time it was checked for
	report Report
}

// NewCache makes a cache of at most size certificates in front of a store.
func NewCache(s *Store, size int) *Cache {
	return &Cache{store: s, size: size, known: map[cacheKey]cached{}}
}

// Verify implements [Verifier].
func (c *Cache) Verify(ctx context.Context, cert *x509.Certificate, helpers []*x509.Certificate, at time.Time, p card.Purpose) (Report, error) {
	if cert == nil {
		return c.store.Verify(ctx, cert, helpers, at, p)
	}
	key := cacheKey{sha256.Sum256(cert.Raw), p}
	// Taken before the check: a result of an older generation is never kept
	// under a newer one.
	generation := c.store.Generation()
	if r, ok := c.get(key, generation, at); ok {
		return r, nil
	}
	r, err := c.store.Verify(ctx, cert, helpers, at, p)
	if err != nil {
		return Report{}, err
	}
	c.put(key, generation, at, r)
	return r, nil
}

func (c *Cache) get(k cacheKey, generation uint64, at time.Time) (Report, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.known[k]
	if !ok || generation != c.generation || at.Before(e.from) || !at.Before(e.report.Until) {
		return Report{}, false
	}
	return e.report, true
}

func (c *Cache) put(k cacheKey, generation uint64, at time.Time, r Report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation < c.generation {
		return
	}
	if generation > c.generation {
		c.generation = generation
		clear(c.known)
	}
	for old := range c.known { // any: the map's order is random
		if len(c.known) < c.size {
			break
		}
		delete(c.known, old)
	}
	if c.size > 0 {
		c.known[k] = cached{at, r}
	}
}
