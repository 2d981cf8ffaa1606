package agent

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/broker/wire/answer"
	"lanyard/card"
)

// seat is a card while it counts, and what is under way for it.
type seat struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	jobs   sync.WaitGroup

	mu     sync.Mutex // one job uses the token at a time
	token  card.Token
	cannot []crypto.Hash // digests the card has said no to
}

// onCard runs a job that ends with its card.
func (r *runner) onCard(number uint64, job func(context.Context, *seat) Input) {
	s := r.seats[number]
	if s == nil {
		s = &seat{}
		s.ctx, s.cancel = context.WithCancelCause(r.root)
		r.seats[number] = s
	}
	s.jobs.Add(1)
	r.start(s.ctx, 0, func(ctx context.Context) Input {
		defer s.jobs.Done()
		return job(ctx, s)
	})
}

// forget ends what is under way for a card and then closes it.
func (r *runner) forget(number uint64, why error) {
	s := r.seats[number]
	if s == nil {
		return
	}
	delete(r.seats, number)
	s.cancel(why)
	r.group.Go(func() {
		s.jobs.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := s.close(); err != nil {
			r.config.Log.Debug("card not closed in order", "error", err)
		}
	})
}

// close gives the token back; mu is held.
func (s *seat) close() error {
	if s.token == nil {
		return nil
	}
	err := s.token.Close()
	s.token = nil
	return err
}

// read opens the card, anew where it was open, and reads what needs no PIN.
func (r *runner) read(ctx context.Context, s *seat, e Read) Input {
	ctx, cancel := context.WithTimeoutCause(ctx, readLimit, card.ErrTimeout)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	in := CardRead{Seat: e.Seat}
	if err := s.close(); err != nil {
		r.config.Log.DebugContext(ctx, "card not closed in order", "error", err)
	}
	token, err := r.config.Opener.Open(ctx, e.Event)
	if err != nil {
		in.Err = because(ctx, fmt.Errorf("open the card: %w", err))
		return in
	}
	s.token, s.cannot = token, nil
	in.Facts, err = factsOf(ctx, token, r.config.Policy, r.config.Environment, time.Now())
	in.Err = because(ctx, err)
	return in
}

// source is where the card has its PIN from: one that was typed is given once.
func (e Sign) source(begun func()) (src card.PINSource, wipe func()) {
	if e.Keypad > 0 {
		return card.OnKeypad(begun), e.PIN.Wipe
	}
	return card.OnePIN(e.PIN)
}

// keypadEntries is how often a reader may ask for one signature: a key that
// wants its PIN each time is asked for it twice by some middleware.
const keypadEntries = 2

// sign has the card sign the challenge with the first digest that server and
// card can both do. The PIN is given to the card once, and no digest is tried
// after the reader has asked for it.
func (s *seat) sign(ctx context.Context, e Sign, begun func()) ([]byte, error) {
	asked := false
	source, wipe := e.source(func() { asked = true; begun() })
	defer wipe()
	ctx, cancel := context.WithTimeoutCause(ctx, signLimit+keypadEntries*e.Keypad, card.ErrTimeout)
	defer cancel()
	if len(e.Activation.Challenge) != broker.ChallengeSize {
		return nil, &client.Error{Code: failure.ServerChallenge, Op: "sign", Host: "card"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == nil {
		return nil, because(ctx, card.ErrRemoved)
	}
	var err error
	for _, h := range e.Activation.Digests {
		if slices.Contains(s.cannot, h) {
			continue
		}
		der, failed := s.signWith(ctx, e, h, source)
		switch {
		case failed == nil:
			return der, nil
		case errors.Is(failed, answer.ErrSignature):
			return nil, notFitting(e, failed)
		case errors.Is(failed, card.ErrMechanism):
			s.cannot = append(s.cannot, h)
			err = failed
			if asked {
				return nil, err
			}
		case err != nil && errors.Is(failed, card.ErrPINSpent):
			return nil, err // of the first digest: the PIN is not sent again
		default:
			return nil, because(ctx, failed)
		}
	}
	if err == nil {
		err = fmt.Errorf("%w that the server takes", card.ErrMechanism)
	}
	return nil, err
}

// signWith makes one answer, which is verified under the card's certificate.
func (s *seat) signWith(ctx context.Context, e Sign, h crypto.Hash, pin card.PINSource) ([]byte, error) {
	der, err := answer.Build(ctx, e.Activation.Challenge, e.Key.Cert, h, func(ctx context.Context, digest []byte) ([]byte, error) {
		return s.token.Sign(ctx, e.Key, digest, h, pin)
	})
	if errors.Is(err, answer.ErrUnsupported) {
		return nil, fmt.Errorf("%w: %w", card.ErrMechanism, err)
	}
	return der, err
}

// tend sets a new PIN. Both secrets are wiped, whatever comes of it.
func (s *seat) tend(ctx context.Context, e Tend) Input {
	defer e.Secret.Wipe()
	defer e.New.Wipe()
	ctx, cancel := context.WithTimeoutCause(ctx, tendLimit, card.ErrTimeout)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	in := Tended{Seat: e.Seat, Kind: e.Kind, Retries: -1}
	if s.token == nil {
		in.Err = because(ctx, card.ErrRemoved)
		return in
	}
	in.Err = because(ctx, s.setPIN(ctx, e))
	if c, ok := s.token.(card.PINCounter); ok && in.Err == nil {
		if n, err := c.Retries(ctx); err == nil {
			in.Retries = n
		}
	}
	return in
}

// setPIN has the token do what it can.
func (s *seat) setPIN(ctx context.Context, e Tend) error {
	switch e.Kind {
	case PINChange:
		if c, ok := s.token.(card.PINChanger); ok {
			return c.ChangePIN(ctx, e.Secret, e.New)
		}
	case CardUnblock:
		if u, ok := s.token.(card.Unblocker); ok {
			return u.Unblock(ctx, e.Secret, e.New)
		}
	}
	return fmt.Errorf("%s: %w", e.Kind, card.ErrUnsupported)
}

// notFitting is a signature that does not fit the card's own certificate: the
// certificate is a copy on another card, or the card is broken.
func notFitting(e Sign, err error) error {
	if e.Resume {
		return fmt.Errorf("%w: %w", errNotItsKey, err)
	}
	return fmt.Errorf("%w: %w", card.ErrDamaged, err)
}

// because adds the cause of a context that ended to an error that came of it.
func because(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || errors.Is(err, context.Cause(ctx)) {
		return err
	}
	return fmt.Errorf("%w: %w", context.Cause(ctx), err)
}
