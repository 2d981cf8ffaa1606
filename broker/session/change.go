package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// draft is a session as a change is about to write it.
type draft struct {
	sess    *Session
	version uint64  // of the record that it changes
	stored  Session // as that record has it
	mutated bool    // what was asked for is in it: another's change may have come first
}

// draft makes a session of its record: with what memory is ahead of the store,
// its end where its time has passed, and, where it still lives, what mutate does.
func (s *Service) draft(r Record, e *entry, mutate func(*Session, time.Time)) (d draft, err error) {
	d.version = r.Version
	if d.sess, err = readSession(r); err != nil {
		return d, err
	}
	d.stored = *d.sess
	now := s.now()
	d.sess.merge(e.copy())
	d.sess.expire(now, s.slack)
	if d.mutated = d.sess.End == Live && mutate != nil; d.mutated {
		mutate(d.sess, now)
	}
	return d, nil
}

// into writes the draft into its record.
func (d *draft) into(r Record) (_ Record, err error) {
	r.Data, err = json.Marshal(d.sess)
	return r, err
}

// change writes a session; see [Service.draft]. The session returned is as the
// store has it; look at its End.
func (s *Service) change(ctx context.Context, e *entry, mutate func(*Session, time.Time)) (kept *Session, mutated bool, err error) {
	if s.node != nil {
		return s.changeShared(ctx, e, mutate)
	}
	var d draft
	rec, err := s.store.Update(ctx, keyOf(e.id), func(r Record) (Record, error) {
		if d, err = s.draft(r, e, mutate); err != nil {
			return r, err
		}
		return d.into(r)
	})
	if err != nil {
		return nil, false, s.unchanged(e, err)
	}
	e.adopt(d.sess, rec.Version)
	s.tell(&d.stored, d.sess)
	return d.sess, d.mutated, nil
}

// unchanged is the error of a change that was not made.
func (s *Service) unchanged(e *entry, err error) error {
	if errors.Is(err, ErrNotFound) {
		s.memory.drop(e.id)
		return ErrUnknown
	}
	return fmt.Errorf("store session %s: %w", e.id, err)
}

// save writes what memory is ahead of the store.
func (s *Service) save(ctx context.Context, e *entry) (*Session, error) {
	if s.node != nil {
		return s.saveShared(ctx, e)
	}
	kept, _, err := s.change(ctx, e, nil)
	return kept, err
}

// merge takes over what memory knows and the store does not: the last use, and
// an end. The first end stays; an end for want of use gives way to a later use.
func (s *Session) merge(mem Session) {
	if s.End != Live {
		return
	}
	onPurpose := mem.End == LoggedOut || mem.End == Destroyed
	if onPurpose || mem.End != Live && !s.LastUsed.After(mem.LastUsed) {
		s.End, s.EndedAt = mem.End, mem.EndedAt
	}
	if mem.LastUsed.After(s.LastUsed) {
		s.LastUsed = mem.LastUsed
	}
}
