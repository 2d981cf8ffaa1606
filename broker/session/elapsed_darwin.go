package session

import (
	"time"

	"golang.org/x/sys/unix"
)

// elapsed counts from the machine's start, also while it sleeps: that is what
// macOS calls monotonic.
func elapsed() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic("session: this system has no monotonic clock: " + err.Error())
	}
	return time.Duration(t.Nano())
}
