package pcsc

import (
	"time"

	"github.com/ebfe/scard"
)

const (
	hasPnP    = true
	markNames = false // names are UTF-16 and cannot hold a zero
	maxStates = 10    // MAXIMUM_SMARTCARD_READERS
	waitLimit = time.Duration(forever)

	// told is all but the mark of a change: the service compares every bit.
	told = ^scard.StateFlag(scard.StateChanged)
)
