package session

import (
	"time"

	"golang.org/x/sys/windows"
)

// elapsed counts from the machine's start, also while it sleeps, in steps of up
// to 16 ms: far less than a lease's margin.
func elapsed() time.Duration { return windows.DurationSinceBoot() }
