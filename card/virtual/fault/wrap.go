package fault

import (
	"context"
	"encoding/binary"
	"fmt"

	"lanyard/card"
)

// Transmit gives a command APDU to a card and returns its response APDU.
type Transmit func(ctx context.Context, apdu []byte) ([]byte, error)

// Wrap puts the player between a reader and its card. A fault that leaves a
// command without answer is an error: [card.ErrRemoved], [card.ErrMute] or
// [card.ErrReset]; the reader's end makes of it what its wire has for it.
func (p *Player) Wrap(next Transmit) Transmit {
	return func(ctx context.Context, apdu []byte) ([]byte, error) {
		if err := context.Cause(ctx); err != nil {
			return nil, err // nothing was sent
		}
		c := CommandOf(apdu)
		out, err := p.transmit(ctx, c, apdu, next)
		if c == Verify {
			p.count(verdict(out, err))
		}
		return out, err
	}
}

func (p *Player) transmit(ctx context.Context, c Command, apdu []byte, next Transmit) ([]byte, error) {
	wait, a := p.next(c)
	if err := sleep(ctx, wait); err != nil {
		return nil, err
	}
	if a == nil && c == Status && p.Script().Locked() {
		a = &act{deed: answer, status: 0x6983}
	}
	if a == nil {
		return next(ctx, apdu)
	}
	switch {
	case a.deed == refuse && a.tries == 0:
		return binary.BigEndian.AppendUint16(nil, 0x6983), nil
	case a.deed == refuse:
		return binary.BigEndian.AppendUint16(nil, 0x63C0|uint16(a.tries)), nil
	case a.deed == answer:
		return binary.BigEndian.AppendUint16(nil, a.status), nil
	case a.after:
		_, _ = next(ctx, apdu) // its answer is lost
	}
	return nil, p.fail(a.deed)
}

// verdict reads the answer to a VERIFY as an error that count understands.
func verdict(out []byte, err error) error {
	if err != nil {
		return err
	}
	if len(out) < 2 {
		return card.ErrMute
	}
	switch sw := binary.BigEndian.Uint16(out[len(out)-2:]); {
	case sw == 0x9000:
		return nil
	case sw&0xFFF0 == 0x63C0:
		return &card.PINError{Retries: int(sw & 0xF)}
	case sw == 0x6983:
		return card.ErrPINBlocked
	case sw == 0x6700, sw == 0x6A80:
		return card.ErrPINFormat
	default:
		return fmt.Errorf("status %04X", sw)
	}
}
