package pcsc

import (
	"time"

	"lanyard/card"

	"github.com/ebfe/scard"
	"golang.org/x/sys/windows"
)

const (
	hasPnP    = true
	markNames = false // names are UTF-16 and cannot hold a zero
	maxStates = 10    // MAXIMUM_SMARTCARD_READERS
	waitLimit = time.Duration(forever)

	// told is all but the mark of a change: the service compares every bit.
	told = ^scard.StateFlag(scard.StateChanged)
)

// systemMeaning knows the system's own codes that come instead of the
// service's when it stopped with the last reader, or the remote session that
// lends its readers ended.
func systemMeaning(code scard.Error) error {
	switch windows.Errno(code) {
	case windows.ERROR_INVALID_HANDLE, windows.ERROR_BROKEN_PIPE:
		return card.ErrNoService
	default:
		return nil
	}
}
