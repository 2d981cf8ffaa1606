package ticket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
)

// settle is how long a desk may be without a reader before that is told: an
// agent that has just started has not looked yet, and a plug may be loose.
const settle = 2 * time.Second

var errNoReader = errors.New("no reader for too long")

// signedOn waits until there is a session whose ticket may be given, asking the
// user where nobody is being asked. Where a new one is wanted, the session must
// have another ticket than old.
func (p *Provider) signedOn(ctx context.Context, renew bool, old broker.Ticket) error {
	watching, enough := context.WithCancelCause(ctx)
	defer enough(nil)
	readerless := time.AfterFunc(settle, func() { enough(errNoReader) })
	defer readerless.Stop()
	w := &wait{agent: p.agent, renew: renew, old: old}
	over := false
	var why error // there is no ticket, once over
	var last agent.Snapshot
	err := p.agent.Watch(watching, func(s agent.Snapshot) {
		if over {
			return
		}
		if s.Phase != agent.NoReader {
			readerless.Stop()
		} else if last.Phase != agent.NoReader {
			readerless.Reset(settle)
		}
		last = s
		if over, why = w.look(ctx, s); over {
			enough(nil)
		}
	})
	switch {
	case over:
		return why
	case ctx.Err() != nil:
		return fmt.Errorf("wait for the sign-on: %w", context.Cause(ctx))
	case errors.Is(err, errNoReader):
		return problemOr(last, failure.ReaderNone)
	case err == nil, errors.Is(err, agent.ErrStopping):
		return refused(failure.AgentStopping)
	default:
		return fmt.Errorf("wait for the sign-on: %w", err)
	}
}

// wait follows one sign-on through the snapshots of the desk. Requests are
// handed in while a snapshot is looked at: the agent has applied them when Do
// returns, so the next snapshot shows what they did.
type wait struct {
	agent Source
	renew bool
	old   broker.Ticket

	asked  bool // the user was asked, by us or before we came
	cardIn bool // a card was seen
}

// look judges one snapshot: whether the wait is over, and why without a ticket.
func (w *wait) look(ctx context.Context, s agent.Snapshot) (over bool, why error) {
	w.cardIn = w.cardIn || s.Card != nil
	if out := unreachable(s); out != nil && !live(s) {
		return true, out
	}
	switch s.Phase {
	case agent.SignedOn, agent.Offline:
		return w.lookSignedOn(ctx, s)
	case agent.NoCard, agent.Locked:
		return w.lookIdle(ctx, s)
	case agent.NoReader, agent.Reading:
		return false, nil
	case agent.NeedPIN, agent.SigningOn, agent.ChoosingRole, agent.Renewing:
		w.asked = true
		return false, nil
	default:
		return true, refused(failure.Internal)
	}
}

// lookSignedOn takes the session that is there, or asks for a new sign-on.
func (w *wait) lookSignedOn(ctx context.Context, s agent.Snapshot) (bool, error) {
	if !w.renew {
		return true, nil
	}
	if now, err := w.agent.Ticket(ctx); err == nil && now != w.old {
		return true, nil
	}
	if w.asked {
		return true, problemOr(s, failure.UserAbort)
	}
	w.asked = true
	err := w.agent.Do(ctx, agent.SignOnAgain{})
	switch {
	case errors.Is(err, agent.ErrPhase) && s.Card == nil:
		return true, refused(failure.CardRemoved)
	case errors.Is(err, agent.ErrPhase):
		return true, problemOr(s, failure.AgentBusy)
	default:
		return err != nil, err
	}
}

// lookIdle is a desk at which nobody is being asked.
func (w *wait) lookIdle(ctx context.Context, s agent.Snapshot) (bool, error) {
	switch {
	case s.Card == nil && w.cardIn:
		return true, refused(failure.CardRemoved)
	case s.Card == nil, s.Unlock:
		return false, nil // for a card, or for the desktop to be unlocked
	case w.asked && s.Problem != nil && !s.NextTry.IsZero():
		return false, nil // the agent reads the card again by itself
	case w.asked:
		return true, problemOr(s, failure.NoSession)
	}
	w.asked = true
	err := w.agent.Do(ctx, agent.AskPIN{})
	if errors.Is(err, agent.ErrPhase) {
		return false, nil // the desk has moved on, and the next snapshot shows it
	}
	return err != nil, err
}

// live tells whether there is a session that need not ask the server.
func live(s agent.Snapshot) bool {
	return s.Phase == agent.SignedOn || s.Phase == agent.Offline || s.Phase == agent.Renewing
}

// unreachable tells that nobody can sign on while the way to the server is
// broken: callers decide what to do then, so they are told at once.
func unreachable(s agent.Snapshot) error {
	l := s.Links
	if s.Problem == nil || l.Network != agent.LinkBroken && l.Server != agent.LinkBroken && l.Directory != agent.LinkBroken {
		return nil
	}
	return &Refused{Problem: *s.Problem}
}

// problemOr refuses with what is wrong at the desk, or with a code where
// nothing is.
func problemOr(s agent.Snapshot, c failure.Code) error {
	if s.Problem != nil {
		return &Refused{Problem: *s.Problem}
	}
	return refused(c)
}
