package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lanyard/broker"
)

// endWithin is how long an end may take to be stored. It goes on when whoever
// asked for it has hung up.
const endWithin = 10 * time.Second

// End ends the session of a token: it is over when it returns, in the store and
// for every node. The errors are those of Lookup; [ErrEnded] and [ErrTimedOut] come
// with the session and mean that there was nothing left to end. After a store's
// error the session may live: one node alone no longer serves it, of several
// nodes this one goes on trying to end it; End may be called again.
func (s *Service) End(ctx context.Context, ticketText string, why EndReason) (*Session, error) {
	e, err := s.find(ctx, ticketText)
	if err != nil {
		return nil, err
	}
	return s.end(ctx, e, why)
}

// EndByID ends a session of owner's from elsewhere. A session of somebody else
// is [ErrUnknown].
func (s *Service) EndByID(ctx context.Context, owner broker.UID, id string) error {
	e, err := s.entry(ctx, id)
	if err != nil {
		return err
	}
	if e.copy().UID != owner {
		return ErrUnknown
	}
	_, err = s.end(ctx, e, Destroyed)
	return err
}

func (s *Service) end(ctx context.Context, e *entry, why EndReason) (*Session, error) {
	if why == Live {
		return nil, fmt.Errorf("end session %s: no reason given", e.id)
	}
	if sess, over := s.over(e); over {
		return &sess, sess.err()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	sess, ended, err := s.change(ctx, e, func(sess *Session, now time.Time) {
		sess.End, sess.EndedAt = why, now
	})
	switch {
	case err != nil:
		s.endLater(e, why, err)
		return nil, err
	case ended:
		return sess, nil
	default:
		return sess, sess.err()
	}
}

// over tells whether a session is over, stored, and refused by every node.
func (s *Service) over(e *entry) (Session, bool) {
	if s.node == nil {
		return e.over(s.now())
	}
	sess := e.copy()
	return sess, sess.Settled
}

// endLater keeps in mind an end that the store could not confirm: one node alone
// refuses the session from now on, and of several one goes on trying.
func (s *Service) endLater(e *entry, why EndReason, err error) {
	switch {
	case s.node == nil:
		e.end(why, s.now())
	case !errors.Is(err, ErrUnknown):
		s.node.debts.owe(e.id, why)
	}
}
