//go:build !linux && !darwin && !windows

package session

import "time"

var started = time.Now()

// elapsed counts from the process's start. On some of these systems it stands
// still while the machine sleeps: one that does must not be one of several nodes.
func elapsed() time.Duration { return time.Since(started) }
