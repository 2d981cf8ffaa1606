package bolt

import (
	"bytes"
	"context"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"lanyard/broker/session"
)

// The buckets of the file.
var (
	records  = []byte("records")  // key: record
	owners   = []byte("owners")   // owner, key: nothing
	expiries = []byte("expiries") // expiry, key: nothing
)

// Store is a [session.Store] in one file. It is safe for concurrent use.
type Store struct {
	db  *bolt.DB
	now func() time.Time

	writes  chan *write   // unbuffered: what was received is always answered
	closing chan struct{} // closed by Close
	written chan struct{} // closed when the writer has returned
	close   func() error
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
	return s.write(ctx, func(t *tables, now time.Time) error { return t.create(r, now) })
}

// Get returns a record.
func (s *Store) Get(ctx context.Context, key string) (r session.Record, err error) {
	if err := s.open(ctx); err != nil {
		return r, err
	}
	err = s.db.View(func(tx *bolt.Tx) error {
		r, err = (&tables{records: tx.Bucket(records)}).get(key, s.now())
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
		err = s.write(ctx, func(t *tables, now time.Time) (err error) {
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
	if owner == "" || len(owner) > maxOwner {
		return nil, nil
	}
	now, prefix := s.now(), ownerKey(owner, "")
	err = s.db.View(func(tx *bolt.Tx) error {
		t := &tables{records: tx.Bucket(records)}
		c := tx.Bucket(owners).Cursor()
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			key := string(k[len(prefix):])
			switch r, err := t.get(key, now); {
			case err == nil:
				rs = append(rs, r)
			case isGone(err):
			default:
				return err
			}
		}
		return nil
	})
	return rs, err
}

// open tells whether there is still somebody to ask.
func (s *Store) open(ctx context.Context) error {
	select {
	case <-s.closing:
		return session.ErrClosed
	case <-ctx.Done():
		return fmt.Errorf("session store was not asked: %w", context.Cause(ctx))
	default:
		return nil
	}
}

// Close waits for the writes that were begun, then closes the file. Calls that
// come later get [session.ErrClosed].
func (s *Store) Close() error { return s.close() }
