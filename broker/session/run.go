package session

import (
	"context"
	"fmt"
	"math"
	"time"

	"golang.org/x/sync/errgroup"
)

// sweepEvery is how far apart sweeps are at least, so that records which expire
// one by one are forgotten together.
const sweepEvery = time.Minute

// flushAtOnce is how many sessions Close writes at the same time.
const flushAtOnce = 64

// A Sweeper is a store that has to be told to forget what has expired. It
// returns when the next record will have, zero where there is none.
type Sweeper interface {
	Sweep(ctx context.Context) (next time.Time, err error)
}

// never is when Run sweeps next while there is nothing that expires.
const never = math.MaxInt64

// Run forgets expired records, in memory and store, until ctx ends; it returns
// the context's cause. It sleeps until the next record expires. Over a shared
// store it also keeps the right to serve from memory, and gives it up at its
// end. It is called once, by whoever runs the server.
func (s *Service) Run(ctx context.Context) error {
	if s.node == nil {
		return s.forgetting(ctx)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.forgetting(ctx) })
	g.Go(func() error { return s.node.run(ctx) })
	g.Go(func() error { return s.repay(ctx) })
	return g.Wait()
}

func (s *Service) forgetting(ctx context.Context) error {
	for {
		s.due.Store(never) // before looking: what is made meanwhile is told
		s.expects(s.sweep(ctx))
		if err := s.sleep(ctx, s.now().Add(sweepEvery)); err != nil {
			return err
		}
	}
}

// sweep returns when the next record expires, zero where there is none.
func (s *Service) sweep(ctx context.Context) (next time.Time) {
	next = s.memory.purge(s.now())
	sw, ok := s.store.(Sweeper)
	if !ok {
		return next
	}
	at, err := sw.Sweep(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.log.ErrorContext(ctx, "expired sessions could not be removed from the store", "error", err)
		}
		return s.now().Add(sweepEvery)
	}
	if next.IsZero() || !at.IsZero() && at.Before(next) {
		next = at
	}
	return next
}

// sleep waits until a record expires, and not less than until earliest.
func (s *Service) sleep(ctx context.Context, earliest time.Time) error {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		t.Stop() // and stays silent: no tick is left in the channel after it
		if due := s.due.Load(); due != never {
			t.Reset(max(time.Unix(0, due).Sub(s.now()), earliest.Sub(s.now())))
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-t.C:
			return nil
		case <-s.woken:
		}
	}
}

// expects tells Run when a record expires.
func (s *Service) expects(at time.Time) {
	if at.IsZero() {
		return
	}
	for {
		due := s.due.Load()
		if at.UnixNano() >= due {
			return
		}
		if s.due.CompareAndSwap(due, at.UnixNano()) {
			break
		}
	}
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// Close writes what memory is ahead of the store. Whoever opened the store
// closes it afterwards.
func (s *Service) Close(ctx context.Context) error {
	g, saving := errgroup.WithContext(ctx)
	g.SetLimit(flushAtOnce)
	for _, e := range s.memory.unsaved() {
		g.Go(func() error {
			_, err := s.save(saving, e)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("store the last uses of sessions: %w", err)
	}
	if s.node == nil {
		return nil
	}
	s.repayAll(ctx)
	return s.owes()
}
