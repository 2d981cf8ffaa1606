package card

import (
	"errors"
	"fmt"
)

// The ways a card that is kept in a file fails besides those of all cards.
var (
	// ErrFileDamaged: the file was cut, or octets of it changed. It is also an
	// [ErrDamaged].
	ErrFileDamaged = fmt.Errorf("card file is damaged: %w", ErrDamaged)
	// ErrFileCopied: the file is older than the counter beside it tells: a copy
	// was put back, or the counter is gone.
	ErrFileCopied = errors.New("card file is an older copy of the card, a new card has to be made")
	// ErrFileDevice: the file was made under another device key, or its key
	// cannot be had.
	ErrFileDevice = errors.New("card file cannot be opened on this device or by this user")
)
