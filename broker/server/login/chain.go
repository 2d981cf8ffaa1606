package login

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"sync"
	"time"

	"lanyard/card"
	"lanyard/card/trust"
)

// maxChains is how many certificates are remembered, about 300 octets each.
const maxChains = 100_000

// Checker is a verifier that tells when its answers change; [trust.Store] is one.
type Checker interface {
	trust.Verifier
	Generation() uint64
}

// Chains remembers which certificates held, so that a person who signs on
// every morning costs the signatures of the path once. A result is used only
// while anchors, lists and policy are the same, and within the dates and the
// age of revocation lists that it was made with. Refusals are not remembered.
type Chains struct {
	checker Checker

	mu   sync.RWMutex
	held map[chainKey]chain
}

type chainKey struct {
	certificate [sha256.Size]byte
	purpose     card.Purpose
}

type chain struct {
	generation uint64
	from       time.Time
	report     trust.Report
}

// NewChains remembers what checker finds.
func NewChains(checker Checker) *Chains {
	return &Chains{checker: checker, held: map[chainKey]chain{}}
}

// Verify implements [trust.Verifier].
func (c *Chains) Verify(ctx context.Context, cert *x509.Certificate, helpers []*x509.Certificate, at time.Time, p card.Purpose) (trust.Report, error) {
	generation := c.checker.Generation()
	key := chainKey{sha256.Sum256(cert.Raw), p}
	c.mu.RLock()
	known, ok := c.held[key]
	c.mu.RUnlock()
	if ok && known.generation == generation && !at.Before(known.from) && at.Before(known.report.Until) {
		return known.report, nil
	}
	report, err := c.checker.Verify(ctx, cert, helpers, at, p)
	if err != nil {
		return report, err
	}
	c.remember(key, chain{generation: generation, from: begin(report.Path), report: report})
	return report, nil
}

// Certificate is [x509.ParseCertificate] for certificates of which most held
// before, and are remembered parsed. It says nothing of whether one still does.
func (c *Chains) Certificate(der []byte) (*x509.Certificate, error) {
	key := chainKey{sha256.Sum256(der), card.Authentication}
	c.mu.RLock()
	path := c.held[key].report.Path
	c.mu.RUnlock()
	if len(path) > 0 && bytes.Equal(path[0].Raw, der) {
		return path[0], nil
	}
	return x509.ParseCertificate(der)
}

func (c *Chains) remember(key chainKey, found chain) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) >= maxChains {
		clear(c.held)
	}
	c.held[key] = found
}

// begin returns from when on all certificates of a path are valid.
func begin(path []*x509.Certificate) time.Time {
	var from time.Time
	for _, cert := range path {
		if cert.NotBefore.After(from) {
			from = cert.NotBefore
		}
	}
	return from
}
