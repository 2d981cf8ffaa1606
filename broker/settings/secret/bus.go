//go:build unix && !darwin

package secret

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// reachable tells whether there is a bus to find a keyring on. It is asked
// first, because the keyring's library would otherwise start a bus by itself,
// which nobody would ever stop.
func reachable() error {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return nil
	}
	run := fmt.Sprintf("/run/user/%d", os.Getuid())
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(run, name)); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: this session has no D-Bus session bus", ErrNone)
}

// reason reads an answer of the Secret Service or of its library.
func reason(err error) error {
	var dial *net.OpError
	if errors.As(err, &dial) || errors.Is(err, dbus.ErrClosed) {
		return fmt.Errorf("%w: the desktop's bus does not answer: %w", ErrNone, err)
	}
	var bus dbus.Error
	if errors.As(err, &bus) {
		switch bus.Name {
		case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner",
			"org.freedesktop.DBus.Error.NoServer", "org.freedesktop.DBus.Error.Spawn.ServiceNotFound":
			return fmt.Errorf("%w: %w", ErrNone, err)
		case "org.freedesktop.Secret.Error.IsLocked":
			return fmt.Errorf("%w: %w", ErrLocked, err)
		}
	}
	switch text := err.Error(); {
	case strings.Contains(text, "unlock") && strings.Contains(text, string(defaultCollection)):
		return fmt.Errorf("%w: it was never set up", ErrNone)
	case strings.Contains(text, "unlock"):
		return fmt.Errorf("%w: %w", ErrLocked, err)
	}
	return fmt.Errorf("keyring: %w", err)
}
