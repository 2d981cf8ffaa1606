package virtual

import (
	"errors"
	"fmt"

	"lanyard/card"
)

// The ways a card file fails, told apart with [errors.Is].
var (
	// ErrDamaged: the file was cut, or octets of it changed.
	ErrDamaged = card.ErrFileDamaged
	// ErrCopied: the file is older than the counter beside it tells.
	ErrCopied = card.ErrFileCopied
	// ErrDevice: the file was made under another device key.
	ErrDevice = card.ErrFileDevice
	// ErrVersion: the file was written by a newer version of this program.
	ErrVersion = errors.New("card file is of a version this program does not know")
	// ErrKeyring: the keyring holds the device key and does not give it out.
	// It is also an [ErrDevice].
	ErrKeyring = fmt.Errorf("keyring holds the key of this device and does not give it out: %w", card.ErrFileDevice)
	// ErrNotVerified: a private key was to be used and no PIN was accepted before.
	ErrNotVerified = errors.New("card wants the passcode first")
)

// isDamaged wraps what is wrong with the octets.
func isDamaged(format string, args ...any) error {
	return fmt.Errorf("%w (%s)", ErrDamaged, fmt.Sprintf(format, args...))
}
