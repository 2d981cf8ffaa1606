package card

import (
	"context"
	"errors"
	"time"
)

// Keypad is an optional ability of a Token: its reader has keys of its own, and
// the passcode never leaves it.
type Keypad interface {
	// Keypad tells whether the passcode is typed on the reader, and how long the
	// reader waits for it. It does not touch the card.
	Keypad() (wait time.Duration, ok bool)
}

// ErrOnKeypad is what a [PINSource] answers in place of a passcode that is
// typed on the reader. A token without [Keypad] passes it on.
var ErrOnKeypad = errors.New("the passcode is typed on the reader")

// OnKeypad is the source of a passcode that is typed on the reader. begun is
// called directly before the reader begins to wait for its keys: once, or once
// for each time the passcode is typed where a key wants it each time
// ([PINAlways]; by PKCS#11 once more than that). It must be quick: from the
// second time on the card is held.
func OnKeypad(begun func()) PINSource { return keypadSource(begun) }

type keypadSource func()

// PIN implements [PINSource].
func (k keypadSource) PIN(context.Context, PINPrompt) (*PIN, error) {
	k()
	return nil, ErrOnKeypad
}

// Entries are the times that a passcode is typed on the reader for one
// operation. They begin with a source that answered [ErrOnKeypad].
type Entries struct {
	src  PINSource
	told PINPrompt
	more bool // the first one is over
}

// NewEntries returns the entries for a source that answered ErrOnKeypad to a
// prompt.
func NewEntries(src PINSource, told PINPrompt) *Entries { return &Entries{src: src, told: told} }

// errTyped is a source that changed its mind.
var errTyped = errors.New("a passcode was given where the reader was to wait for its keys")

// Next is called directly before the reader waits, with how many signatures are
// still to come. From the second time on it asks the source again, because
// nobody keeps a passcode that was typed on the reader. An error is the
// source's, or the cause of ctx; the reader must not wait then.
func (e *Entries) Next(ctx context.Context, count int) error {
	if !e.more {
		e.more = true
		return context.Cause(ctx)
	}
	p := e.told
	p.Retries, p.Last, p.Count = -1, false, count // the one before was right
	pin, err := e.src.PIN(ctx, p)
	pin.Wipe()
	switch {
	case errors.Is(err, ErrOnKeypad):
		return context.Cause(ctx)
	case err == nil:
		return errTyped
	default:
		return err
	}
}
