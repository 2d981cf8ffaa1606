package session

import (
	"time"

	"golang.org/x/sys/unix"
)

// elapsed counts from the machine's start, also while it sleeps; Go's own
// monotonic clock does not.
func elapsed() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		panic("session: this kernel has no CLOCK_BOOTTIME: " + err.Error()) // every Linux since 2.6.39 has
	}
	return time.Duration(t.Nano())
}
