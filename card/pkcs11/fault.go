package pkcs11

import (
	"errors"
	"fmt"
	"slices"

	"lanyard/card"
)

// callError is a call of the module that failed.
type callError struct {
	Call string `json:",omitempty"` // "C_Login"; empty where the child itself refused
	Code uint   `json:",omitempty"` // CKR_...
	Text string // the code's name, or why the child refused
	// What the child found out by itself.
	Gone  bool `json:",omitempty"` // the token is not there, or not the same
	NoKey bool `json:",omitempty"` // the token has no such private key
}

// Error gives the call and the code.
func (e *callError) Error() string {
	if e.Call == "" {
		return e.Text
	}
	return fmt.Sprintf("%s: %s (%#x)", e.Call, e.Text, e.Code)
}

// Unwrap tells what the code means, where that is known.
func (e *callError) Unwrap() error {
	switch {
	case e.Gone:
		return card.ErrRemoved
	case e.NoKey:
		return card.ErrNoKey
	default:
		return meanings[e.Code]
	}
}

// Return values of PKCS#11 v2.40, as far as they are told apart.
const (
	ckrCancel                  = 0x01
	ckrSlotIDInvalid           = 0x03
	ckrGeneralError            = 0x05
	ckrArgumentsBad            = 0x07
	ckrDataInvalid             = 0x20
	ckrDataLenRange            = 0x21
	ckrDeviceRemoved           = 0x32
	ckrFunctionCanceled        = 0x50
	ckrFunctionNotSupported    = 0x54
	ckrKeySizeRange            = 0x62
	ckrKeyTypeInconsistent     = 0x63
	ckrKeyFunctionNotPermitted = 0x68
	ckrMechanismInvalid        = 0x70
	ckrMechanismParamInvalid   = 0x71
	ckrPINIncorrect            = 0xA0
	ckrPINInvalid              = 0xA1
	ckrPINLenRange             = 0xA2
	ckrPINExpired              = 0xA3
	ckrPINLocked               = 0xA4
	ckrSessionHandleInvalid    = 0xB3
	ckrSessionReadOnly         = 0xB5
	ckrTokenNotPresent         = 0xE0
	ckrTokenNotRecognized      = 0xE1
	ckrTokenWriteProtected     = 0xE2
	ckrUserAlreadyLoggedIn     = 0x100
	ckrUserNotLoggedIn         = 0x101
	ckrUserPINNotInitialized   = 0x102
)

// meanings translates return values. A session that is not valid any more is
// the sign of a card that was taken out, perhaps put back since. A user who is
// not logged in, after a login that worked, is the sign of a reset; one who is
// logged in before it, of a state that is another insertion's.
var meanings = map[uint]error{
	ckrSlotIDInvalid:           card.ErrRemoved,
	ckrDeviceRemoved:           card.ErrRemoved,
	ckrSessionHandleInvalid:    card.ErrRemoved,
	ckrTokenNotPresent:         card.ErrRemoved,
	ckrTokenNotRecognized:      card.ErrUnsupported,
	ckrDataInvalid:             card.ErrMechanism,
	ckrDataLenRange:            card.ErrMechanism,
	ckrCancel:                  card.ErrCancelled,
	ckrFunctionCanceled:        card.ErrCancelled,
	ckrFunctionNotSupported:    card.ErrUnsupported,
	ckrKeySizeRange:            card.ErrMechanism,
	ckrKeyTypeInconsistent:     card.ErrMechanism,
	ckrKeyFunctionNotPermitted: card.ErrMechanism,
	ckrMechanismInvalid:        card.ErrMechanism,
	ckrMechanismParamInvalid:   card.ErrMechanism,
	ckrPINInvalid:              card.ErrPINFormat,
	ckrPINLenRange:             card.ErrPINFormat,
	ckrPINLocked:               card.ErrPINBlocked,
	ckrTokenWriteProtected:     card.ErrUnsupported,
	ckrUserAlreadyLoggedIn:     card.ErrReset,
	ckrUserNotLoggedIn:         card.ErrReset,
}

// trusted are the failures after which a module's process is used on. After
// any other one what it says cannot be relied on.
var trusted = []uint{
	ckrCancel, ckrArgumentsBad, ckrDataInvalid, ckrDataLenRange, ckrFunctionCanceled,
	ckrFunctionNotSupported, ckrKeySizeRange, ckrKeyTypeInconsistent,
	ckrKeyFunctionNotPermitted, ckrMechanismInvalid, ckrMechanismParamInvalid,
	ckrPINIncorrect, ckrPINInvalid, ckrPINLenRange, ckrPINExpired, ckrPINLocked,
	ckrTokenNotPresent, ckrTokenNotRecognized, ckrTokenWriteProtected,
	ckrUserPINNotInitialized, ckrSessionReadOnly,
}

func (e *callError) suspect() bool {
	return e.Call != "" && !slices.Contains(trusted, e.Code)
}

// decided are the failures of a command with a PIN that tell its outcome: the
// card refused it, or it was not sent.
var decided = []uint{
	ckrCancel, ckrArgumentsBad, ckrFunctionCanceled, ckrFunctionNotSupported, ckrPINIncorrect,
	ckrPINInvalid, ckrPINLenRange, ckrPINExpired, ckrPINLocked, ckrSessionReadOnly,
	ckrTokenWriteProtected, ckrUserAlreadyLoggedIn, ckrUserPINNotInitialized,
}

// undecided tells whether, after a call with a PIN failed, it is not known
// what the card made of the PIN.
func undecided(err error) bool {
	if notSent := (*notSentError)(nil); errors.As(err, &notSent) {
		return false
	}
	var e *callError
	if !errors.As(err, &e) {
		return true // the module hung or ended with the PIN
	}
	return e.Call != "" && !slices.Contains(decided, e.Code)
}

// failed tells whether a call failed with a return value.
func failed(err error, code uint) bool {
	var e *callError
	return errors.As(err, &e) && e.Code == code
}
