package bolt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"lanyard/broker/session"
)

// records is the one bucket. Its rows are in the order in which the records
// expire: those of one moment, and what becomes of them soon after, share a
// page, and what has expired stands in front.
var records = []byte("records by expiry")

// Store is a [session.Store] in one file. It is safe for concurrent use.
type Store struct {
	db    *bolt.DB
	index *index
	now   func() time.Time

	settling sync.Mutex    // held while file and index may differ
	writes   chan *write   // unbuffered: what was received is always answered
	closing  chan struct{} // closed by Close
	written  chan struct{} // closed when the writer has returned
	close    func() error
}

var (
	_ session.Store   = (*Store)(nil)
	_ session.Sweeper = (*Store)(nil)
)

// Create stores a new record. A record that has expired is not in its way.
func (s *Store) Create(ctx context.Context, r session.Record) error {
	if err := check(r); err != nil {
		return err
	}
	r.Version = 1
	return s.write(ctx, func(t *table, now time.Time) error { return t.create(r, now) })
}

// Get returns a record.
func (s *Store) Get(ctx context.Context, key string) (session.Record, error) {
	if err := s.open(ctx); err != nil {
		return session.Record{}, err
	}
	r, err := s.get(key)
	if errors.Is(err, errRecord) { // moved or gone with the commit on its way, else damaged indeed
		s.settling.Lock()
		defer s.settling.Unlock()
		r, err = s.get(key)
	}
	return r, err
}

// get reads a record where the index says that it stands.
func (s *Store) get(key string) (r session.Record, err error) {
	at, ok := s.index.find(key)
	if !ok || !at.open(s.now()) {
		return r, session.ErrNotFound
	}
	err = s.db.View(func(tx *bolt.Tx) error {
		r, err = decode(key, tx.Bucket(records).Get(rowOf(at.expires, key)))
		return err
	})
	return r, err
}

// Update changes a record by compare-and-swap on its version. Key and version
// are not fn's to change.
func (s *Store) Update(ctx context.Context, key string, fn func(session.Record) (session.Record, error)) (session.Record, error) {
	for {
		old, err := s.Get(ctx, key)
		if err != nil {
			return session.Record{}, err
		}
		r, err := fn(old)
		if err != nil {
			return session.Record{}, err
		}
		r.Key, r.Version = key, old.Version+1
		if err := check(r); err != nil {
			return session.Record{}, err
		}
		swapped := false
		err = s.write(ctx, func(t *table, now time.Time) (err error) {
			swapped, err = t.swap(old.Version, r, now)
			return err
		})
		if err != nil {
			return session.Record{}, err
		}
		if swapped {
			return r, nil
		}
	}
}

// ByOwner returns an owner's records.
func (s *Store) ByOwner(ctx context.Context, owner string) (rs []session.Record, err error) {
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	if owner == "" {
		return nil, nil
	}
	for _, key := range s.index.of(owner) {
		switch r, err := s.Get(ctx, key); {
		case err == nil && r.Owner == owner:
			rs = append(rs, r)
		case err == nil, isGone(err): // meanwhile another's, or nobody's
		default:
			return nil, err
		}
	}
	return rs, nil
}

// open tells whether there is still somebody to ask.
func (s *Store) open(ctx context.Context) error {
	select {
	case <-s.closing:
		return session.ErrClosed
	default:
	}
	if ctx.Err() != nil {
		return fmt.Errorf("session store was not asked: %w", context.Cause(ctx))
	}
	return nil
}

// Close waits for the writes that were begun, then closes the file. Calls that
// come later get [session.ErrClosed].
func (s *Store) Close() error { return s.close() }
