package trust

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lanyard/card"
)

// Store is the Verifier of the product: anchors, intermediates and revocation
// lists of a site, and its policy. Checks and reloads may run at the same time.
type Store struct {
	mu    sync.Mutex // one reload at a time
	cfg   Config
	state atomic.Pointer[state]
}

var _ Verifier = (*Store)(nil)

// state is what one check sees from beginning to end.
type state struct {
	generation uint64
	policy     Policy
	anchors    pool
	between    pool
	lists      lists
	faults     []error
}

// New makes a store. It fails where the configuration could not trust
// anything. A revocation list that cannot be used is left out and told by
// [Store.Faults].
func New(c Config) (*Store, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	s := &Store{cfg: c}
	s.state.Store(&state{generation: 1})
	s.load(lists{})
	return s, nil
}

// Reload reads the revocation lists' files again. A newer list takes the place
// of an older one of its issuer; an older one, or a file that cannot be used,
// changes nothing and is in the returned error.
func (s *Store) Reload() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.load(s.state.Load().lists)...)
}

// load makes and publishes a state: what was known, and what is found now.
func (s *Store) load(known lists) []error {
	next := &state{
		generation: s.state.Load().generation,
		policy:     s.cfg.Policy,
		anchors:    newPool(s.cfg.Anchors),
		between:    newPool(s.cfg.Intermediates),
	}
	next.lists, next.faults = known.with(s.cfg, func(der []byte) (*list, error) {
		return readList(der, s.cfg.Policy, next.anchors, next.between)
	})
	if !maps.EqualFunc(known, next.lists, slices.Equal) {
		next.generation++
	}
	s.state.Store(next)
	return next.faults
}

// Faults tells which revocation lists could not be used, and why, at the last
// load.
func (s *Store) Faults() []error { return s.state.Load().faults }

// Generation is a number that changes whenever what a check depends on has
// changed. A result may be kept under the certificate's fingerprint and this
// number until [Report.Until].
func (s *Store) Generation() uint64 { return s.state.Load().generation }

// Verify implements [Verifier]. Nothing is fetched, and the work that one call
// can cause is bounded whatever the helpers are.
func (s *Store) Verify(ctx context.Context, cert *x509.Certificate, helpers []*x509.Certificate, at time.Time, p card.Purpose) (Report, error) {
	if cert == nil {
		return Report{}, fmt.Errorf("%w: there is none", ErrUntrusted)
	}
	st := s.state.Load()
	if len(helpers) > maxHelpers {
		helpers = helpers[:maxHelpers]
	}
	b := builder{ctx: ctx, state: st, helpers: newPool(helpers), at: at, purpose: p, signed: map[link]error{}}
	report, err := b.from(cert)
	if err != nil {
		return Report{}, fmt.Errorf("certificate %s of %s: %w", cert.SerialNumber, cert.Subject, err)
	}
	return report, nil
}
