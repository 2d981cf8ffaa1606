package piv

import (
	"context"
	"errors"

	"lanyard/card"
)

// consent is what a person gave for an operation: a PIN to send, or the word
// that it is typed on the reader's keys. It is neither where the card needs
// none: its PIN state is up and the policy keeps it so.
type consent struct {
	pin   *card.PIN
	keyed *card.Entries
}

func (c *consent) given() bool { return c.pin != nil || c.keyed != nil }

// ask gets the consent from the person, with the card free meanwhile. It is
// never nil; its PIN is the caller's to wipe, whatever the error.
func (t *Token) ask(ctx context.Context, op *operation, src card.PINSource) (*consent, error) {
	c := new(consent)
	var left int
	var verified bool
	if err := t.series(ctx, func(w *wire) (err error) {
		left, verified, err = t.tries(ctx, w)
		return err
	}); err != nil {
		return c, err
	}
	switch {
	case verified && op.slot.policy == card.PINOnce:
		return c, nil
	case left == 0:
		return c, card.ErrPINBlocked
	}
	prompt := card.PINPrompt{
		Token: t.id, Label: t.label, Purpose: op.purpose,
		Retries: left, Last: left == 1, Count: len(op.inputs),
	}
	var err error
	c.pin, err = src.PIN(ctx, prompt)
	if _, has := t.Keypad(); has && errors.Is(err, card.ErrOnKeypad) {
		c.keyed, err = card.NewEntries(src, prompt), nil
	}
	if err != nil {
		return c, err
	}
	if err := context.Cause(ctx); err != nil || c.keyed != nil {
		return c, err
	}
	return c, c.pin.Check()
}

// verify gives the card the PIN for the next signatures, of which so many are
// to come.
func (c *consent) verify(ctx context.Context, w *wire, count int) error {
	switch {
	case c.keyed != nil:
		if err := c.keyed.Next(ctx, count); err != nil {
			return err
		}
		return w.verifyOnKeypad(ctx)
	case c.pin != nil:
		return w.verify(ctx, c.pin)
	default:
		return nil
	}
}
