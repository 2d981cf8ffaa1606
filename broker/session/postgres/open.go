package postgres

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed schema.sql
var schema string

// schemaLock is the advisory lock under which one node at a time makes tables.
const schemaLock = 0x6c616e79 // "lany"

// Defaults of [Options].
const (
	dialLimit  = 2 * time.Second
	maxConns   = 32
	maxIdle    = 5 * time.Minute
	healthTime = 10 * time.Second
)

// Options say how a store is opened.
type Options struct {
	Now func() time.Time // nil: the system's clock
}

// Open connects to the database of an address ("postgres://…", as libpq reads
// it) and makes the tables that are not there yet.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	c, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("session store: %w", err) // pgx leaves the password out
	}
	c.ConnConfig.ConnectTimeout = dialLimit
	c.MaxConns, c.MaxConnIdleTime, c.HealthCheckPeriod = maxConns, maxIdle, healthTime
	c.ConnConfig.RuntimeParams["application_name"] = "lanyard-server"
	c.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	c.ConnConfig.RuntimeParams["default_transaction_isolation"] = "read committed" // lanyard_change has to see what its lock waited for
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("session store: %w", err)
	}
	s := &Store{pool: pool, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.prepare(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("session store: make tables: %w", err)
	}
	return s, nil
}

// prepare makes the tables, one node at a time.
func (s *Store) prepare(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", schemaLock); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, schema)
		return err
	})
}
