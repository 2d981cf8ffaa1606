//go:build unix

package localapi

import (
	"fmt"
	"os"
	"path/filepath"
)

// maxAddress is the longest path of a socket, in octets: 104 on macOS and 108
// on Linux, with the NUL at its end.
const maxAddress = 103

// Address is where the agent of this user listens when nothing else is set.
func Address() (string, error) {
	base := os.Getenv("XDG_RUNTIME_DIR")
	if base == "" {
		var err error
		if base, err = os.UserCacheDir(); err != nil {
			return "", fmt.Errorf("no place for the agent's socket: set XDG_RUNTIME_DIR or HOME: %w", err)
		}
	}
	return filepath.Join(base, "lanyard", "agent.sock"), nil
}
