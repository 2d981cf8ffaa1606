package session

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// saveWithin is how long a use may take to be stored in a shared store: while
// the lease holds memory is right, and the write can be made up for.
const saveWithin = time.Second

var (
	// errOver stops a save of a session that has ended, or now has to.
	errOver = errors.New("session is over")
	// errAsIs stops a change that would change nothing.
	errAsIs = errors.New("session is as it should be")
)

// overdue returns a session that is over, nil for one that lives. What memory
// says of times is not enough for an end: another node may have seen a use. Nor
// is an end told of before no node serves the session any more.
func (s *Service) overdue(ctx context.Context, e *entry, now time.Time) (*Session, error) {
	sess := e.copy()
	if sess.End == Live {
		if sess.expire(now, s.slack); sess.End == Live {
			return nil, nil
		}
	} else if sess.Settled {
		return &sess, nil
	}
	kept, _, err := s.changeShared(ctx, e, nil)
	if err != nil || kept.End == Live {
		return nil, err
	}
	return kept, nil
}

// saveShared writes a use, unless one less than [TouchEvery] before it is
// written. It needs no number: a session ends for want of use that much later
// than by what the store says of its last use.
func (s *Service) saveShared(ctx context.Context, e *entry) (*Session, error) {
	limited, cancel := context.WithTimeout(ctx, saveWithin)
	defer cancel()
	var d draft
	rec, err := s.store.Update(limited, keyOf(e.id), func(r Record) (_ Record, err error) {
		if d, err = s.draft(r, e, nil); err != nil {
			return r, err
		}
		if d.sess.End != Live {
			return r, errOver
		}
		if used := d.stored.LastUsed; !used.IsZero() && d.sess.LastUsed.Sub(used) < TouchEvery {
			return r, errAsIs
		}
		return d.into(r)
	})
	switch {
	case errors.Is(err, errAsIs):
		e.adopt(&d.stored, d.version)
		return d.sess, nil
	case errors.Is(err, errOver):
		kept, _, err := s.changeShared(ctx, e, nil)
		return kept, err
	case err != nil:
		return nil, s.unchanged(e, err)
	}
	e.adopt(d.sess, rec.Version)
	return d.sess, nil
}

// changeShared writes a session, and returns when no node serves what it was
// any more.
func (s *Service) changeShared(ctx context.Context, e *entry, mutate func(*Session, time.Time)) (kept *Session, mutated bool, err error) {
	c := s.node.begin(keyOf(e.id))
	defer c.end()
	var d draft
	done, err := s.node.store.Change(ctx, keyOf(e.id), c.asker(), func(r Record) (_ Record, err error) {
		if d, err = s.draft(r, e, mutate); err != nil {
			return r, err
		}
		if d.sess.Settled || d.sess.End == Live && !d.mutated {
			return r, errAsIs
		}
		return d.into(r)
	})
	switch {
	case errors.Is(err, errAsIs):
		e.adopt(&d.stored, d.version)
		return d.sess, false, nil
	case err != nil:
		return nil, false, s.unchanged(e, err)
	}
	e.adopt(d.sess, done.Record.Version)
	c.made(&done, newEntry(d.sess, done.Record))
	c.wait(&done)
	if d.sess.End != Live {
		s.settle(ctx, e, done.Number)
	}
	s.tell(&d.stored, d.sess)
	return d.sess, d.mutated, nil
}

// settle notes in the store that no node serves an ended session any more, so
// that whoever finds it there need not see to it again.
func (s *Service) settle(ctx context.Context, e *entry, number uint64) {
	g := s.node.group(keyOf(e.id))
	f := g.depart(keyOf(e.id))
	defer g.land(f)
	limited, cancel := context.WithTimeout(ctx, saveWithin)
	defer cancel()
	var kept *Session
	rec, err := s.store.Update(limited, keyOf(e.id), func(r Record) (_ Record, err error) {
		if kept, err = readSession(r); err != nil {
			return r, err
		}
		kept.Settled = kept.End != Live
		return (&draft{sess: kept}).into(r)
	})
	if err != nil {
		s.log.WarnContext(ctx, "that a session's end is known everywhere was not stored", "session", e.id, "error", err)
		return
	}
	e.adopt(kept, rec.Version)
	g.keep(f, number, newEntry(kept, rec))
}

// repay ends the sessions whose ends could not be confirmed, whenever the store
// answers again, until ctx ends.
func (s *Service) repay(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.node.debts.due:
		}
		s.repayAll(ctx)
	}
}

func (s *Service) repayAll(ctx context.Context) {
	for id, why := range s.node.debts.all() {
		e, err := s.entry(ctx, id)
		if err == nil {
			_, err = s.end(ctx, e, why)
		}
		switch {
		case err == nil, errors.Is(err, ErrUnknown), errors.Is(err, ErrEnded), errors.Is(err, ErrTimedOut):
			s.node.debts.settle(id)
			s.log.InfoContext(ctx, "the end of a session is stored", "session", id)
		default:
			return // the rest waits for the store as well
		}
	}
}

// owes tells Close whether ends are not stored.
func (s *Service) owes() error {
	if n := len(s.node.debts.all()); n > 0 {
		return fmt.Errorf("%d ends of sessions are not stored", n)
	}
	return nil
}
