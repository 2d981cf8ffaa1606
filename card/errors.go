package card

import (
	"errors"
	"fmt"
)

// The ways a card or reader fails, told apart with [errors.Is]. The text of a
// wrapping error keeps the raw code (PC/SC, status word, CKR) for the log.
var (
	ErrRemoved     = errors.New("card was taken out")
	ErrNoCard      = errors.New("no card in the reader")
	ErrNoReader    = errors.New("no card reader")
	ErrNoService   = errors.New("card reader service does not run")
	ErrAccess      = errors.New("card reader service refuses this user")
	ErrBusy        = errors.New("another program is using the card")
	ErrReset       = errors.New("another program reset the card")
	ErrMute        = errors.New("card does not answer")
	ErrTimeout     = errors.New("card took too long")
	ErrUnsupported = errors.New("card is of a kind that is not supported")
	ErrDamaged     = errors.New("card holds data that cannot be read")
	ErrNoKey       = errors.New("card has no such key")
	ErrNoCert      = errors.New("card has no such certificate")
	ErrMechanism   = errors.New("card cannot make this kind of signature")
	ErrCancelled   = errors.New("cancelled by the user")

	ErrPINFormat  = errors.New("passcode has the wrong form")
	ErrPINBlocked = errors.New("card is locked: no passcode try is left")
	ErrPUKBlocked = errors.New("card cannot be unlocked any more: no PUK try is left")
	ErrPINSpent   = errors.New("passcode was used and is not sent again")
	// ErrPINUnknown: a PIN was sent and it is not known what the card made of
	// it (reset, time-out, pull). It wraps the cause and is never retried.
	ErrPINUnknown = errors.New("it is not known whether the card took the passcode")

	ErrModuleMissing = errors.New("no PKCS#11 module for this card was found")
	ErrModuleHung    = errors.New("PKCS#11 module did not answer in time and was stopped")
	ErrModuleCrashed = errors.New("PKCS#11 module ended unexpectedly")
)

// PINError is a refused PIN.
type PINError struct {
	Retries int // tries left, -1 where the card does not tell
	Err     error
}

// Error tells the tries left.
func (e *PINError) Error() string { return wrongCode("passcode", e.Retries) }

// Unwrap returns the cause; with no try left also [ErrPINBlocked].
func (e *PINError) Unwrap() []error {
	var errs []error
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	if e.Retries == 0 {
		errs = append(errs, ErrPINBlocked)
	}
	return errs
}

// PUKError is a refused PUK.
type PUKError struct {
	Retries int
	Err     error
}

// Error tells the tries left.
func (e *PUKError) Error() string { return wrongCode("PUK", e.Retries) }

// Unwrap returns the cause; with no try left also [ErrPUKBlocked].
func (e *PUKError) Unwrap() []error {
	var errs []error
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	if e.Retries == 0 {
		errs = append(errs, ErrPUKBlocked)
	}
	return errs
}

func wrongCode(what string, retries int) string {
	switch {
	case retries < 0:
		return "wrong " + what
	case retries == 1:
		return "wrong " + what + ", 1 try left"
	default:
		return fmt.Sprintf("wrong %s, %d tries left", what, retries)
	}
}
