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
