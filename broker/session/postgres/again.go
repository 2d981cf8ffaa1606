package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"lanyard/broker/session"
)

// The pauses between tries.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = 500 * time.Millisecond
)

// write runs a statement until its outcome is known, and tells whether it
// changed a row. It is written so that a second run of one that took effect
// changes the row to what it is.
func (s *Store) write(ctx context.Context, statement string, args ...any) (changed bool, err error) {
	if err := s.open(ctx); err != nil {
		return false, err
	}
	sent := false
	err = s.again(ctx, func(ctx context.Context) error {
		tag, err := s.pool.Exec(ctx, statement, args...)
		changed = tag.RowsAffected() > 0
		sent = sent || err != nil && !pgconn.SafeToRetry(err)
		return err
	})
	if err != nil && sent && !refused(err) {
		return false, fmt.Errorf("%w: %w", session.ErrOutcomeUnknown, err)
	}
	return changed, err
}

// read runs a query until it is answered.
func (s *Store) read(ctx context.Context, query func(context.Context) error) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	return s.again(ctx, query)
}

// again runs f until it succeeds, is refused for good, or ctx ends.
func (s *Store) again(ctx context.Context, f func(context.Context) error) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for wait := firstPause; ; wait = min(2*wait, longestPause) {
		err := f(ctx)
		switch {
		case err == nil, errors.Is(err, pgx.ErrNoRows):
			return err
		case s.closed.Load():
			return session.ErrClosed
		case ctx.Err() != nil:
			return fmt.Errorf("session store: %w: %w", context.Cause(ctx), err)
		case refused(err):
			return fmt.Errorf("session store: %w", err)
		}
		pause.Reset(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
			return fmt.Errorf("session store: %w: %w", context.Cause(ctx), err)
		}
	}
}

// refused tells whether the server understood and said no, so that nothing was
// written and asking again is of no use. Connections that broke, servers that
// start, stop or have no room, and transactions that got in each other's way
// (classes 08, 40, 53, 57) pass.
func refused(err error) bool {
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		return false
	}
	for _, class := range [...]string{"08", "40", "53", "57"} {
		if strings.HasPrefix(said.Code, class) {
			return false
		}
	}
	return true
}
