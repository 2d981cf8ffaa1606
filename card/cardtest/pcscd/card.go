package pcscd

import (
	"context"
	"math/bits"
)

// A Card answers commands. Its methods are called by one goroutine at a time.
type Card interface {
	// ATR returns the answer to reset, at most 33 octets.
	ATR() []byte
	// Transmit answers a command. An error is a failed exchange: the client
	// sees SCARD_E_NOT_TRANSACTED.
	Transmit(apdu []byte) ([]byte, error)
}

// A Resetter is a [Card] that is told of resets. Reset must not call the
// daemon.
type Resetter interface{ Reset() }

// A Powered card is told when it is put in and taken out. Its methods must not
// call the daemon.
type Powered interface {
	PowerOn()
	PowerOff()
}

// Chip is a card as it is behind a virtual reader's contacts.
type Chip interface {
	Powered
	Resetter
	ATR() []byte
	Transmit(ctx context.Context, apdu []byte) ([]byte, error)
}

// FromChip makes a Card of a chip. The context goes to each of its commands.
func FromChip(ctx context.Context, c Chip) Card { return chipCard{c, ctx} }

type chipCard struct {
	Chip
	ctx context.Context
}

func (c chipCard) Transmit(apdu []byte) ([]byte, error) { return c.Chip.Transmit(c.ctx, apdu) }

// Dummy is a card with an answer to reset and one answer to everything.
type Dummy struct {
	Answer  []byte // to every command; nil is 90 00
	History []byte // the answer to reset; nil is 3B 80 80 01 01
}

// ATR returns the answer to reset.
func (d Dummy) ATR() []byte {
	if d.History == nil {
		return []byte{0x3B, 0x80, 0x80, 0x01, 0x01}
	}
	return d.History
}

// Transmit answers.
func (d Dummy) Transmit([]byte) ([]byte, error) {
	if d.Answer == nil {
		return []byte{0x90, 0x00}, nil
	}
	return d.Answer, nil
}

// protocols reads from an answer to reset which protocols a card offers, the
// first one first: the low halves of TD1, TD2 and so on, and T=0 where there is
// none. Others than T=0 and T=1 are left out.
func protocols(atr []byte) []uint32 {
	var found []uint32
	for at := 1; at < len(atr) && atr[at]&0x80 != 0; {
		// The high half tells which of TA, TB, TC and TD follow.
		at += bits.OnesCount8(atr[at] & 0xF0)
		if at < len(atr) && atr[at]&0x0F <= 1 {
			found = append(found, 1<<(atr[at]&0x0F))
		}
	}
	if len(found) == 0 {
		return []uint32{protocolT0}
	}
	return found
}
