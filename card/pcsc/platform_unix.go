//go:build unix && !darwin

package pcsc

import (
	"time"

	"github.com/ebfe/scard"
)

const (
	hasPnP    = true
	markNames = true
	maxStates = 16 // readers that pcsc-lite knows at all
	waitLimit = time.Duration(forever)

	// told is the part of a state that is told back. Who else is connected is
	// left out: nobody need be woken by that.
	told = scard.StateEmpty | scard.StatePresent | scard.StateMute |
		scard.StateUnavailable | scard.StateUnknown | ^scard.StateFlag(stateBits)
)

// systemMeaning: the service has no codes but its own here.
func systemMeaning(scard.Error) error { return nil }
