//go:build !linux

package reader

import (
	"context"
	"errors"
	"fmt"

	"lanyard/card/virtual/vpcd"
)

// Reader is a virtual card reader; there is none on this system.
type Reader struct{}

// Main returns at once.
func Main() {}

// Start returns errors.ErrUnsupported.
func Start(context.Context, Config) (*Reader, error) {
	return nil, fmt.Errorf("virtual card reader: %w on this system; use the card directly", errors.ErrUnsupported)
}

// Socket returns "".
func (*Reader) Socket() string { return "" }

// Name returns "".
func (*Reader) Name() string { return "" }

// Insert returns errors.ErrUnsupported.
func (*Reader) Insert(context.Context, vpcd.Card) error { return errors.ErrUnsupported }

// Remove does nothing.
func (*Reader) Remove() {}

// Done returns a channel that is never closed.
func (*Reader) Done() <-chan struct{} { return nil }

// Close does nothing.
func (*Reader) Close() error { return nil }

// Occupied tells that there is no card.
func (*Reader) Occupied() bool { return false }
