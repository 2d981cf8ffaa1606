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
// called once, directly before the reader begins to wait for its keys.
func OnKeypad(begun func()) PINSource { return keypadSource(begun) }

type keypadSource func()

// PIN implements [PINSource].
func (k keypadSource) PIN(context.Context, PINPrompt) (*PIN, error) {
	k()
	return nil, ErrOnKeypad
}
