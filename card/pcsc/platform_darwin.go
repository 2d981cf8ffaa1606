package pcsc

import (
	"time"

	"github.com/ebfe/scard"
)

const (
	// The service knows no pseudo reader, and long waits have lost events
	// since macOS 14: it waits a second and lists again.
	hasPnP    = false
	markNames = true
	maxStates = 16
	waitLimit = time.Second

	told = scard.StateEmpty | scard.StatePresent | scard.StateMute |
		scard.StateUnavailable | scard.StateUnknown | ^scard.StateFlag(stateBits)
)

// systemMeaning: the service has no codes but its own here.
func systemMeaning(scard.Error) error { return nil }
