package fault

import (
	"context"
	"errors"

	"lanyard/card"
)

// Chip is a card at a reader's contacts.
type Chip interface {
	ATR() []byte
	PowerOn()
	PowerOff()
	Reset()
	// Transmit answers a command APDU. An error is a card that is gone.
	Transmit(ctx context.Context, command []byte) ([]byte, error)
}

// Chip puts the player between a reader's contacts and a card. A pulled card is
// gone: [card.ErrRemoved]. A mute one answers nothing until ctx ends. One that
// was reset answers as a card does that was just switched on.
func (p *Player) Chip(c Chip) Chip {
	p.Attach(func() {}, c.Reset)
	return &chip{Chip: c, transmit: p.Wrap(c.Transmit)}
}

type chip struct {
	Chip
	transmit Transmit
}

// Transmit answers a command APDU, or does wrong.
func (c *chip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	out, err := c.transmit(ctx, command)
	switch {
	case errors.Is(err, card.ErrMute):
		<-ctx.Done()
		return nil, context.Cause(ctx)
	case errors.Is(err, card.ErrReset):
		return c.Chip.Transmit(ctx, command)
	}
	return out, err
}
