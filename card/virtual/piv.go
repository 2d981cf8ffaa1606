package virtual

import (
	"context"
	"errors"
	"log/slog"

	"lanyard/card"
	"lanyard/card/virtual/applet"
)

// PIV makes of a card what the PIV applet stands on: the same file, used
// through a virtual reader. The caller keeps the card and closes it.
type PIV struct {
	c       *Card
	expired bool
	log     *slog.Logger
}

// NewPIV returns a card's PIV side. With expired it shows the certificates that
// are out of date.
func NewPIV(c *Card, expired bool, log *slog.Logger) *PIV {
	return &PIV{c: c, expired: expired, log: log}
}

var _ applet.Backend = (*PIV)(nil)

// GUID returns the card's serial number.
func (p *PIV) GUID() [16]byte { return p.c.Serial() }

// Certificate returns the DER of a slot's certificate.
func (p *PIV) Certificate(s applet.Slot) []byte {
	for _, k := range p.c.Pairs() {
		if k.Slot != byte(s) {
			continue
		}
		if !p.expired {
			return k.Cert.Raw
		}
		if k.Expired != nil {
			return k.Expired.Raw
		}
	}
	return nil
}

// Retries returns the PIN tries left. A file that cannot be read has none, as a
// locked card: nobody is asked for a PIN that cannot be tried.
func (p *PIV) Retries() int {
	n, _ := p.tries()
	return n
}

// PUKRetries returns the PUK tries left.
func (p *PIV) PUKRetries() int {
	_, n := p.tries()
	return n
}

func (p *PIV) tries() (pin, puk int) {
	pin, puk, err := p.c.Tries(context.Background())
	if err != nil {
		p.log.Error("virtual card cannot be read", "card", p.c.ID(), "err", err)
		return 0, 0
	}
	return pin, puk
}

// VerifyPIN tries a PIN.
func (p *PIV) VerifyPIN(pin []byte) (accepted bool, retries int, err error) {
	err = p.c.VerifyPIN(context.Background(), card.NewPIN(pin))
	return p.answer(err, p.Retries)
}

// ChangePIN sets a new PIN by the old one.
func (p *PIV) ChangePIN(old, new []byte) (accepted bool, retries int, err error) {
	err = p.c.ChangePIN(context.Background(), card.NewPIN(old), card.NewPIN(new))
	return p.answer(err, p.Retries)
}

// Unblock sets a new PIN by the PUK.
func (p *PIV) Unblock(puk, new []byte) (accepted bool, retries int, err error) {
	err = p.c.Unblock(context.Background(), card.NewPIN(puk), card.NewPIN(new))
	return p.answer(err, p.PUKRetries)
}

// answer makes of an outcome what a chip would say.
func (p *PIV) answer(err error, left func() int) (accepted bool, retries int, _ error) {
	var pin *card.PINError
	var puk *card.PUKError
	switch {
	case err == nil:
		return true, left(), nil
	case errors.As(err, &pin):
		return false, pin.Retries, nil
	case errors.As(err, &puk):
		return false, puk.Retries, nil
	case errors.Is(err, card.ErrPINBlocked), errors.Is(err, card.ErrPUKBlocked):
		return false, 0, nil
	default:
		return false, 0, err
	}
}

// Lock forgets that a PIN was accepted.
func (p *PIV) Lock() { p.c.Lock() }

// Sign makes the private-key operation of a slot.
func (p *PIV) Sign(s applet.Slot, input []byte) ([]byte, error) { return p.c.Operate(byte(s), input) }
