package pkcs11

import (
	"context"
	"errors"
	"fmt"

	"lanyard/card"
)

// unknownTries is a count of tries that the card does not tell.
const unknownTries = -1

// consent is what a person gave for an operation: a PIN to send, or the word
// that it is typed on the reader's keys.
type consent struct {
	pin   *card.PIN
	keyed *card.Entries
	count int // signatures to come
}

// ask asks for the PIN, unless no try is left. The card is free meanwhile.
func (t *Token) ask(ctx context.Context, k key, count int, src card.PINSource) (*consent, error) {
	n, err := t.tries(ctx, k.token)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, card.ErrPINBlocked
	}
	prompt := card.PINPrompt{
		Token: t.id, Label: t.label, Purpose: k.Purpose, Retries: n, Last: n == 1, Count: count,
	}
	c := new(consent)
	c.pin, err = src.PIN(ctx, prompt)
	if _, has := t.Keypad(); has && errors.Is(err, card.ErrOnKeypad) {
		c.keyed, err = card.NewEntries(src, prompt), nil
	}
	// A PIN that comes too late is not wanted any more.
	if over := context.Cause(ctx); over != nil {
		err = over
	}
	if err == nil && c.keyed == nil {
		err = c.pin.Check()
	}
	if err != nil {
		c.pin.Wipe()
		return nil, err
	}
	return c, nil
}

// tries returns the PIN tries left, as far as they are told.
func (t *Token) tries(ctx context.Context, token tokenName) (int, error) {
	if err := t.h.take(ctx); err != nil {
		return 0, err
	}
	defer t.h.give()
	n, err := t.left(ctx, token)
	return n, t.judge(ctx, err)
}

// left is tries for whoever has the turn. Modules tell no numbers, and some a
// state that is out of date: what the card itself says goes first.
func (t *Token) left(ctx context.Context, token tokenName) (int, error) {
	s, err := t.now(ctx, token, false)
	if err != nil {
		return 0, err
	}
	n, err := t.count(ctx)
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, card.ErrUnsupported):
		return 0, err
	case s.Locked:
		return 0, nil
	case s.Final:
		return 1, nil
	default:
		return unknownTries, nil
	}
}

// count asks the card itself.
func (t *Token) count(ctx context.Context) (int, error) {
	if t.c.Counter == nil || t.reader == "" {
		return 0, card.ErrUnsupported
	}
	ctx, cancel := context.WithTimeout(ctx, t.h.list)
	defer cancel()
	n, err := t.c.Counter(ctx, t.reader)
	if err != nil {
		return 0, fmt.Errorf("asking for the tries left: %w", err)
	}
	return n, nil
}

// give gives the module the PIN by a call that sends it, or has the module wait
// for the reader's keys by another one.
func (u *operation) give(ctx context.Context, c *consent, send, wait op) error {
	if c.keyed == nil {
		return u.send(ctx, send, c.pin)
	}
	if err := c.keyed.Next(ctx, c.count); err != nil {
		return err
	}
	return u.send(ctx, wait)
}

// send makes a call by which the card gets a PIN and tells its outcome. It never
// makes it twice.
func (u *operation) send(ctx context.Context, o op, pins ...*card.PIN) error {
	u.sent = u.sent || len(pins) > 0
	_, err := u.t.h.call(ctx, &request{Op: o}, pins...)
	switch {
	case err == nil:
		u.up = true
		return nil
	case failed(err, ckrPINIncorrect):
		return &card.PINError{Retries: u.afterRefusal(ctx), Err: err}
	case failed(err, ckrArgumentsBad) && o.keyed():
		return fmt.Errorf("%w: the module does not use the reader's keys: %w", card.ErrUnsupported, err)
	case failed(err, ckrArgumentsBad):
		return fmt.Errorf("%w: %w", card.ErrPINFormat, err)
	case undecided(err):
		u.up = true
		return fmt.Errorf("%w: %w", card.ErrPINUnknown, err)
	default:
		return err
	}
}

// afterRefusal returns the tries left. That it cannot be found out is no reason
// not to tell of the refusal.
func (u *operation) afterRefusal(ctx context.Context) int {
	n, err := u.t.left(context.WithoutCancel(ctx), u.token)
	if err != nil {
		u.t.c.Log.DebugContext(ctx, "tries left are not known", "card", u.t.id, "err", err)
		return unknownTries
	}
	return n
}

// ChangePIN sets a new PIN by the old one. The old one is sent twice, the second
// time after it was accepted, so that the PIN state can be dropped afterwards.
func (t *Token) ChangePIN(ctx context.Context, old, new *card.PIN) error {
	for _, p := range []*card.PIN{old, new} {
		if err := p.Check(); err != nil {
			return err
		}
	}
	ctx, leave := t.present(ctx)
	defer leave()
	n, err := t.tries(ctx, t.state.Name)
	if err != nil {
		return err
	}
	if n == 0 {
		return card.ErrPINBlocked
	}
	return t.operate(ctx, t.state.Name, true, nil, func(u *operation) error {
		if err := u.send(ctx, opLogin, old); err != nil {
			return err
		}
		return u.send(ctx, opSetPIN, old, new)
	})
}

// countingToken is a token whose card tells exact tries.
type countingToken struct{ *Token }

// Retries returns the PIN tries left; 0 is a locked card. It is
// [card.ErrUnsupported] for a card that does not tell.
func (t *countingToken) Retries(ctx context.Context) (int, error) {
	ctx, leave := t.present(ctx)
	defer leave()
	n, err := t.tries(ctx, t.state.Name)
	if err == nil && n == unknownTries {
		return 0, fmt.Errorf("PIN tries: %w", card.ErrUnsupported)
	}
	return n, err
}
