package agent

import (
	"context"
	"errors"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/card"
)

// What is wrong with a card before it is asked anything.
var (
	errExpired = errors.New("the card's certificates have expired")
	errNotYet  = errors.New("the card's certificates are not valid yet")
	errNoUser  = errors.New("the card's certificate names no user")
	errDemo    = errors.New("the card belongs to the demonstration")
	// errNotItsKey: a signature that does not fit the card's own certificate,
	// so the certificate is a copy or the card is broken.
	errNotItsKey = errors.New("the signature does not fit the card's certificate")
	errOver      = errors.New("the session is over")
)

// codes gives each sentinel its code, the more telling one first: an error may
// be several of them.
func codes() []struct {
	err  error
	code failure.Code
} {
	return []struct {
		err  error
		code failure.Code
	}{
		{card.ErrPINUnknown, failure.PINUnknown},
		{card.ErrPUKBlocked, failure.PUKLocked},
		{card.ErrPINBlocked, failure.PINLocked},
		{card.ErrPINFormat, failure.PINFormat},
		{card.ErrRemoved, failure.CardRemoved},
		{card.ErrNoCard, failure.CardRemoved},
		{card.ErrReset, failure.CardReset},
		{card.ErrBusy, failure.CardBusy},
		{card.ErrMute, failure.CardMute},
		{card.ErrModuleHung, failure.ModuleHung},
		{card.ErrModuleCrashed, failure.ModuleCrashed},
		{card.ErrModuleMissing, failure.ModuleMissing},
		{card.ErrNoReader, failure.ReaderNone},
		{card.ErrNoService, failure.ReaderService},
		{card.ErrAccess, failure.ReaderDenied},
		{card.ErrMechanism, failure.CardMechanism},
		{card.ErrNoKey, failure.CardNoKey},
		{card.ErrNoCert, failure.CardNoKey},
		{card.ErrUnsupported, failure.CardUnsupported},
		{card.ErrOnKeypad, failure.CardUnsupported},
		{card.ErrFileDamaged, failure.VCardDamaged},
		{card.ErrFileCopied, failure.VCardCopied},
		{card.ErrFileDevice, failure.VCardDevice},
		{card.ErrDamaged, failure.CardDamaged},
		{card.ErrCancelled, failure.UserAbort},
		{card.ErrTimeout, failure.CardSlow},
		{card.ErrPINSpent, failure.PINUnknown},
		{errExpired, failure.CardExpired},
		{errNotYet, failure.CardNotYet},
		{errNoUser, failure.CardNoUser},
		{errDemo, failure.ProfileDemo},
		{errNotItsKey, failure.CardOther},
		{errOver, failure.SessionEnded},
		{ErrStopping, failure.AgentStopping},
		{context.DeadlineExceeded, failure.CardSlow},
		{context.Canceled, failure.AgentStopping},
	}
}

// ProblemOf tells an error's code and data. What is none of the known errors
// is a fault of the agent itself, [failure.Internal]; nil is no problem.
func ProblemOf(err error) Problem {
	if err == nil {
		return Problem{}
	}
	var refusal *broker.Refusal
	if errors.As(err, &refusal) {
		p := Problem{Code: refusal.Code, Retries: -1}
		var said *client.Said
		if errors.As(err, &said) {
			p.Ref = said.Ref
		}
		return p
	}
	var wire *client.Error
	if errors.As(err, &wire) {
		return Problem{Code: wire.Code, Retries: -1, Detail: wire.Host}
	}
	var none *NoSession
	if errors.As(err, &none) {
		return Problem{Code: failure.NoSession, Retries: -1}
	}
	if p, ok := triesOf(err); ok {
		return p
	}
	for _, c := range codes() {
		if errors.Is(err, c.err) {
			return Problem{Code: c.code, Retries: -1}
		}
	}
	return Problem{Code: failure.Internal, Retries: -1}
}

// triesOf tells a refused PIN or PUK by the tries left.
func triesOf(err error) (Problem, bool) {
	var pin *card.PINError
	if errors.As(err, &pin) && !errors.Is(err, card.ErrPINUnknown) {
		p := Problem{Code: failure.PINWrong, Retries: pin.Retries}
		switch pin.Retries {
		case 0:
			p.Code = failure.PINLocked
		case 1:
			p.Code = failure.PINLast
		}
		return p, true
	}
	var puk *card.PUKError
	if errors.As(err, &puk) {
		p := Problem{Code: failure.PUKWrong, Retries: puk.Retries}
		if puk.Retries == 0 {
			p.Code = failure.PUKLocked
		}
		return p, true
	}
	return Problem{}, false
}

// serviceProblem tells why the reader service is not there.
func serviceProblem(err error) Problem {
	if p := ProblemOf(err); p.Code == failure.ReaderDenied || p.Code == failure.ReaderNone {
		return p
	}
	return Problem{Code: failure.ReaderService, Retries: -1}
}

// network tells whether a code says that the server was not reached at all.
func network(c failure.Code) bool {
	switch c {
	case failure.NetDown, failure.NetName, failure.NetTimeout, failure.NetProxy:
		return true
	default:
		return false
	}
}

// unreachable tells whether a code says that the server did not answer.
func unreachable(c failure.Code) bool {
	switch c {
	case failure.NetReset, failure.TLSUntrusted, failure.TLSName, failure.TLSDates, failure.TLSBroken, failure.ServerDown:
		return true
	default:
		return network(c)
	}
}

// behind tells whether a code says that the server answered and that what
// stands behind it did not.
func behind(c failure.Code) bool {
	switch c {
	case failure.DirectoryDown, failure.StoreDown, failure.Busy:
		return true
	default:
		return false
	}
}

// transient tells whether what is wrong with a card may pass by itself.
func transient(c failure.Code) bool {
	switch c {
	case failure.CardBusy, failure.CardReset, failure.CardSlow, failure.ModuleHung, failure.ModuleCrashed:
		return true
	default:
		return false
	}
}

// settled tells whether a refused logout needs no other try: the server knows
// no such session.
func settled(c failure.Code) bool { return c == failure.SessionEnded || c == failure.ReqUnreadable }
