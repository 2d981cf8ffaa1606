package session

import (
	"context"
	"fmt"
	"time"

	"lanyard/broker"
)

// endWithin is how long an end may take to be stored. It goes on when whoever
// asked for it has hung up.
const endWithin = 10 * time.Second

// End ends the session of a token: it is over, in memory and store, when it
// returns. The errors are those of Lookup; [ErrEnded] and [ErrTimedOut] come
// with the session and mean that there was nothing left to end. After a store's
// error this node no longer serves the session, and End may be called again.
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
		return nil, fmt.Errorf("end session %s: no reason given", e.copy().ID)
	}
	if sess, stored := e.over(s.now()); stored {
		return &sess, sess.err()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	sess, ended, err := s.change(ctx, e, func(sess *Session, now time.Time) {
		sess.End, sess.EndedAt = why, now
	})
	switch {
	case err != nil:
		e.end(why, s.now())
		return nil, err
	case ended:
		return sess, nil
	default:
		return sess, sess.err()
	}
}
