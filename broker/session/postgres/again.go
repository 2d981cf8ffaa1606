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
// changed a row.
func (s *Store) write(ctx context.Context, statement string, args ...any) (changed bool, err error) {
	err = s.known(ctx, func(ctx context.Context) error {
		tag, err := s.pool.Exec(ctx, statement, args...)
		changed = tag.RowsAffected() > 0
		return err
	})
	return changed && err == nil, err
}

// known makes a write until its outcome is known. The write is such that a
// second one, after one that took effect, changes nothing.
func (s *Store) known(ctx context.Context, write func(context.Context) error) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	sent := false
	err := s.again(ctx, func(ctx context.Context) error {
		err := write(ctx)
		sent = sent || err != nil && !pgconn.SafeToRetry(err)
		return err
	})
	if err != nil && sent && !refused(err) {
		return fmt.Errorf("%w: %w", session.ErrOutcomeUnknown, err)
	}
	return err
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
