//go:build unix

package peer

import (
	"os"
	"strconv"
)

// Self is the user this process runs as.
func Self() string { return strconv.Itoa(os.Geteuid()) }
