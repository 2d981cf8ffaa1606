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
	keyed bool

	begun bool // the reader has waited for its keys already
	src   card.PINSource
	asks  card.PINPrompt // what the source was told
}

func (c *consent) given() bool { return c.pin != nil || c.keyed }

// ask gets the consent from the person, with the card free meanwhile. It is
// never nil; its PIN is the caller's to wipe, whatever the error.
func (t *Token) ask(ctx context.Context, op *operation, src card.PINSource) (*consent, error) {
	c := &consent{src: src}
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
	c.asks = card.PINPrompt{
		Token: t.id, Label: t.label, Purpose: op.purpose,
		Retries: left, Last: left == 1, Count: len(op.inputs),
	}
	var err error
	c.pin, err = src.PIN(ctx, c.asks)
	if _, has := t.Keypad(); has && errors.Is(err, card.ErrOnKeypad) {
		c.keyed, err = true, nil
	}
	if err != nil {
		return c, err
	}
	if err := context.Cause(ctx); err != nil || c.keyed {
		return c, err
	}
	return c, c.pin.Check()
}

// verify gives the card the PIN for the next signatures, of which so many are
// to come.
func (c *consent) verify(ctx context.Context, w *wire, count int) error {
	switch {
	case c.keyed:
		if err := c.again(ctx, count); err != nil {
			return err
		}
		return w.verifyOnKeypad(ctx)
	case c.pin != nil:
		return w.verify(ctx, c.pin)
	default:
		return nil
	}
}

// errTyped is a source that began on the reader's keys and then gave a PIN.
var errTyped = errors.New("a passcode was given where the reader waits for its keys")

// again asks once more before each further time that the reader waits: nobody
// keeps a PIN that was typed there. The card is held, and a source that is not
// quick loses it.
func (c *consent) again(ctx context.Context, count int) error {
	if !c.begun {
		c.begun = true
		return nil
	}
	asks := c.asks
	asks.Retries, asks.Last, asks.Count = -1, false, count // the last one was right
	pin, err := c.src.PIN(ctx, asks)
	pin.Wipe()
	switch {
	case errors.Is(err, card.ErrOnKeypad):
		return context.Cause(ctx)
	case err == nil:
		return errTyped
	default:
		return err
	}
}
