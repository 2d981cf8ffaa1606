package pcsc

import (
	"errors"
	"fmt"

	"lanyard/card"

	"github.com/ebfe/scard"
)

// failure makes an error of the vocabulary out of what a PC/SC call returned.
// The raw code stays in the text. It returns nil for nil.
func failure(op string, err error) error {
	if err == nil {
		return nil
	}
	var code scard.Error
	if !errors.As(err, &code) {
		return fmt.Errorf("%s: %w", op, err)
	}
	if meaning := meaning(code); meaning != nil {
		return fmt.Errorf("%s: %w (%w, 0x%08X)", op, meaning, code, uint32(code))
	}
	return fmt.Errorf("%s: %w (0x%08X)", op, code, uint32(code))
}

// meaning returns the sentinel a code stands for, or nil where it depends on
// the state of the reader what happened.
func meaning(code scard.Error) error {
	switch code {
	case scard.ErrNoService, scard.ErrServiceStopped, scard.ErrCommError, scard.ErrSecurityViolation,
		scard.ErrInvalidHandle, scard.ErrShutdown, scard.ErrSystemCancelled:
		// libpcsclite calls it a security violation when pcscd hangs up in the
		// middle; a refusal is told apart where the service is found.
		return card.ErrNoService
	case scard.ErrNoAccess:
		return card.ErrAccess
	case scard.ErrNoReadersAvailable, scard.ErrUnknownReader:
		return card.ErrNoReader
	case scard.ErrNoSmartcard:
		return card.ErrNoCard
	case scard.ErrRemovedCard, scard.ErrReaderUnavailable:
		return card.ErrRemoved
	case scard.ErrResetCard:
		return card.ErrReset
	case scard.ErrUnresponsiveCard, scard.ErrUnpoweredCard:
		return card.ErrMute
	case scard.ErrSharingViolation:
		return card.ErrBusy
	case scard.ErrTimeout:
		return card.ErrTimeout
	case scard.ErrProtoMismatch, scard.ErrUnsupportedCard, scard.ErrCardUnsupported:
		return card.ErrUnsupported
	default:
		return systemMeaning(code)
	}
}

// is tells whether an error of the binding is one of the codes.
func is(err error, codes ...scard.Error) bool {
	var code scard.Error
	if !errors.As(err, &code) {
		return false
	}
	for _, c := range codes {
		if code == c {
			return true
		}
	}
	return false
}
