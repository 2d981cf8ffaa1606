package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"lanyard/broker/session"
)

// Store is a [session.Store] in PostgreSQL. It is safe for concurrent use, and
// several may share one database.
type Store struct {
	pool   *pgxpool.Pool
	now    func() time.Time
	closed atomic.Bool
}

var (
	_ session.Store   = (*Store)(nil)
	_ session.Sweeper = (*Store)(nil)
)

const (
	createRow = `INSERT INTO lanyard_sessions (key, version, expires, owner, data, write) VALUES ($1, 1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET version = 1, expires = $2, owner = $3, data = $4, write = $5
		WHERE lanyard_sessions.expires <= $6 OR lanyard_sessions.write = $5`
	getRow    = `SELECT version, expires, owner, data FROM lanyard_sessions WHERE key = $1 AND expires > $2`
	updateRow = `UPDATE lanyard_sessions SET version = $2 + 1, expires = $3, owner = $4, data = $5, write = $6
		WHERE key = $1 AND expires > $7 AND (version = $2 OR version = $2 + 1 AND write = $6)`
	ownedRows = `SELECT key, version, expires, owner, data FROM lanyard_sessions WHERE owner = $1 AND owner <> '' AND expires > $2`
	sweepRows = `DELETE FROM lanyard_sessions WHERE expires <= $1`
	nextRow   = `SELECT coalesce(min(expires), 0) FROM lanyard_sessions`
)

// newWrite makes the id of a write.
func newWrite() []byte {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails; see crypto/rand
	return id
}

// Create stores a new record. A record that has expired is not in its way.
func (s *Store) Create(ctx context.Context, r session.Record) error {
	write := newWrite()
	made, err := s.write(ctx, createRow, r.Key, r.Expires.UnixNano(), r.Owner, data(r), write, s.now().UnixNano())
	if err == nil && !made {
		err = session.ErrExists
	}
	return err
}

// Get returns a record.
func (s *Store) Get(ctx context.Context, key string) (session.Record, error) {
	r := session.Record{Key: key}
	err := s.read(ctx, func(ctx context.Context) error {
		var expires int64
		err := s.pool.QueryRow(ctx, getRow, key, s.now().UnixNano()).Scan(&r.Version, &expires, &r.Owner, &r.Data)
		r.Expires = time.Unix(0, expires)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return session.Record{}, session.ErrNotFound
	}
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
		version := old.Version
		r, err := fn(old)
		if err != nil {
			return session.Record{}, err
		}
		r.Key, r.Version = key, version+1
		swapped, err := s.write(ctx, updateRow, key, int64(version), r.Expires.UnixNano(), r.Owner, data(r), newWrite(), s.now().UnixNano())
		if err != nil {
			return session.Record{}, err
		}
		if swapped {
			return r, nil
		}
	}
}

// ByOwner returns an owner's records.
func (s *Store) ByOwner(ctx context.Context, owner string) (all []session.Record, err error) {
	err = s.read(ctx, func(ctx context.Context) error {
		rows, err := s.pool.Query(ctx, ownedRows, owner, s.now().UnixNano())
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r session.Record, err error) {
			var expires int64
			err = row.Scan(&r.Key, &r.Version, &expires, &r.Owner, &r.Data)
			r.Expires = time.Unix(0, expires)
			return r, err
		})
		return err
	})
	return all, err
}

// Sweep deletes what has expired and tells when the next record does, zero for
// none.
func (s *Store) Sweep(ctx context.Context) (next time.Time, err error) {
	if _, err := s.write(ctx, sweepRows, s.now().UnixNano()); err != nil {
		return next, err
	}
	err = s.read(ctx, func(ctx context.Context) error {
		var at int64
		if err := s.pool.QueryRow(ctx, nextRow).Scan(&at); err != nil || at == 0 {
			return err
		}
		next = time.Unix(0, at)
		return nil
	})
	return next, err
}

// Close ends all connections. Calls that come later get [session.ErrClosed].
func (s *Store) Close() error {
	s.closed.Store(true)
	s.pool.Close()
	return nil
}

// data is never null: an empty record is a record.
func data(r session.Record) []byte {
	if r.Data == nil {
		return []byte{}
	}
	return r.Data
}

// open tells whether there is still somebody to ask.
func (s *Store) open(ctx context.Context) error {
	if s.closed.Load() {
		return session.ErrClosed
	}
	if ctx.Err() != nil {
		return fmt.Errorf("session store was not asked: %w", context.Cause(ctx))
	}
	return nil
}
