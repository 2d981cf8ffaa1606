package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"lanyard/card"
)

// The deadlines of a module's calls where [Config] has none.
const (
	DefaultListTimeout = 5 * time.Second
	DefaultSignTimeout = 30 * time.Second
	// A reader waits 30 s, some of them anew from the first key on; then comes
	// the card.
	DefaultKeypadTimeout = 75 * time.Second
)

// Config of an [Opener]. Only Log is needed.
type Config struct {
	// Module is the absolute path of the module to use. Where it is empty, the
	// modules that are installed are tried in the order of [Known].
	Module string
	// ListTimeout bounds a call that looks for cards or reads one.
	ListTimeout time.Duration
	// SignTimeout bounds a call that sends a PIN or makes a signature. It is
	// long because the module waits in it while another program has the card.
	SignTimeout time.Duration
	// KeypadTimeout bounds a call in which the reader waits for its own keys.
	KeypadTimeout time.Duration
	// Env is added to the environment of the module's process, as "NAME=value".
	Env []string
	// Keep leaves the PIN state as it is at the end of an operation.
	Keep bool
	// Counter tells the exact PIN tries left of the card in a reader, 0 for a
	// locked one, where something else than the module can ask the card. It
	// returns [card.ErrUnsupported] for a card it cannot ask.
	Counter func(ctx context.Context, r card.ReaderID) (int, error)
	// Drop drops the PIN state of the card in a reader by itself: VERIFY with
	// P1=FF where the card is a PIV card, else a reset. It is called at the end
	// of every operation, because a C_Logout that succeeds does not tell whether
	// the card heard of it: OpenSC 0.23 sends a PIV card nothing.
	Drop func(ctx context.Context, r card.ReaderID) error
	Log  *slog.Logger
}

func (c Config) check() (Config, error) {
	if c.Log == nil {
		return c, errors.New("pkcs11: no logger")
	}
	if c.Module != "" && !filepath.IsAbs(c.Module) {
		return c, fmt.Errorf("PKCS#11 module %q: the setting must be an absolute path", c.Module)
	}
	if c.ListTimeout < 0 || c.SignTimeout < 0 || c.KeypadTimeout < 0 {
		return c, errors.New("pkcs11: a deadline before the start")
	}
	if c.ListTimeout == 0 {
		c.ListTimeout = DefaultListTimeout
	}
	if c.SignTimeout == 0 {
		c.SignTimeout = DefaultSignTimeout
	}
	if c.KeypadTimeout == 0 {
		c.KeypadTimeout = DefaultKeypadTimeout
	}
	return c, nil
}
