package bolt

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	bolt "go.etcd.io/bbolt"

	"lanyard/broker/session"
)

// atOnce is how many writes one commit holds at most.
const atOnce = 256

// fill is how full a page may become before it is cut in two: new records stand
// behind all others, so there is little need of room between them.
const fill = 0.9

// sweepAtOnce is how many records one commit of a sweep removes at most, so
// that other writes wait no longer than for one another.
const sweepAtOnce = 1000

// write is one change on its way into a commit.
type write struct {
	do   func(t *table, now time.Time) error
	err  error         // valid once done is closed
	done chan struct{} // closed by the writer
}

// write hands one change to the writer and waits for its commit.
func (s *Store) write(ctx context.Context, do func(*table, time.Time) error) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	w := &write{do: do, done: make(chan struct{})}
	select {
	case s.writes <- w:
	case <-s.closing:
		return session.ErrClosed
	case <-ctx.Done():
		return fmt.Errorf("session store was not written: %w", context.Cause(ctx))
	}
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", session.ErrOutcomeUnknown, context.Cause(ctx))
	}
}

// run is the one writer, until the store is closed.
func (s *Store) run() {
	defer close(s.written)
	batch := make([]*write, 0, atOnce)
	for {
		select {
		case w := <-s.writes:
			batch = s.waiting(append(batch[:0], w))
			s.commit(batch)
		case <-s.closing:
			return
		}
	}
}

// waiting takes the writes whose callers stand at the channel, once those that
// can come there at once have been let there: a commit costs about as much for
// many writes as for one.
func (s *Store) waiting(batch []*write) []*write {
	runtime.Gosched()
	for len(batch) < atOnce {
		select {
		case w := <-s.writes:
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

func (s *Store) commit(batch []*write) {
	s.settling.Lock()
	defer s.settling.Unlock()
	now, applied := s.now(), false
	t := &table{index: s.index, changes: make(map[string]change, len(batch))}
	err := s.db.Update(func(tx *bolt.Tx) error {
		t.records = tx.Bucket(records)
		t.records.FillPercent = fill
		for _, w := range batch {
			w.err = w.do(t, now)
			var no refusal
			if w.err != nil && !errors.As(w.err, &no) {
				return w.err
			}
		}
		applied = true
		return nil
	})
	switch {
	case err == nil:
		s.index.apply(t.changes)
	case applied: // the flush failed, and may have half happened
		if x, loadErr := load(s.db); loadErr == nil {
			s.index.replace(x)
		}
	}
	for _, w := range batch {
		switch {
		case err != nil && applied:
			w.err = fmt.Errorf("%w: commit session file: %w", session.ErrOutcomeUnknown, err)
		case err != nil:
			w.err = fmt.Errorf("write session file: %w", err)
		}
		close(w.done)
	}
}

// Sweep removes all records that have expired.
func (s *Store) Sweep(ctx context.Context) (time.Time, error) {
	for {
		// The writer's to set until write returns without an error: a caller
		// who went away leaves them behind with a sweep on its way.
		var now, next time.Time
		err := s.write(ctx, func(t *table, at time.Time) (err error) {
			now = at
			next, err = t.sweep(at, sweepAtOnce)
			return err
		})
		if err != nil {
			return time.Time{}, fmt.Errorf("sweep: %w", err)
		}
		if next.IsZero() || now.Before(next) {
			return next, nil
		}
	}
}
