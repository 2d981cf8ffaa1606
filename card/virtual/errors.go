package virtual

import (
	"errors"
	"fmt"

	"lanyard/card"
)

// The ways a card file fails, told apart with [errors.Is].
var (
	// ErrDamaged: the file was cut, or octets of it changed. It is also a
	// [card.ErrDamaged].
	ErrDamaged = fmt.Errorf("card file is damaged, a new card has to be made: %w", card.ErrDamaged)
	// ErrCopied: the file is older than the counter beside it tells: a copy
	// was put back, or the counter is gone.
	ErrCopied = errors.New("card file is an older copy of the card, a new card has to be made")
	// ErrDevice: the file was made under another device key.
	ErrDevice = errors.New("card file belongs to another device or user")
	// ErrVersion: the file was written by a newer version of this program.
	ErrVersion = errors.New("card file is of a version this program does not know")
	// ErrKeyring: the keyring holds the device key and does not give it out.
	ErrKeyring = errors.New("keyring holds the key of this device and does not give it out")
	// ErrNotVerified: a private key was to be used and no PIN was accepted before.
	ErrNotVerified = errors.New("card wants the passcode first")
)

// isDamaged wraps what is wrong with the octets.
func isDamaged(format string, args ...any) error {
	return fmt.Errorf("%w (%s)", ErrDamaged, fmt.Sprintf(format, args...))
}
