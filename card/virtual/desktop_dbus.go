//go:build unix && !darwin

package virtual

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// desktopBus tells why there can be no keyring: no session bus. It is asked
// first because the keyring's library would otherwise start a bus by itself,
// which nobody would ever stop.
func desktopBus() error {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return nil
	}
	run := fmt.Sprintf("/run/user/%d", os.Getuid())
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(run, name)); err == nil {
			return nil
		}
	}
	return errors.New("keyring: this session has no D-Bus session bus")
}
