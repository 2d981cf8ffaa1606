package virtual

import (
	"context"
	"fmt"

	"lanyard/card"
)

// VerifyPIN tries a PIN and, where it is the right one, opens the private keys
// until Lock. A wrong one is a [*card.PINError] with the tries left and locks
// the card; a PIN of a form no card takes is [card.ErrPINFormat] and costs no
// try. The caller keeps pin and wipes it.
func (c *Card) VerifyPIN(ctx context.Context, pin *card.PIN) error {
	return c.try(ctx, pinSecret, pin, func(im *image, cardKey []byte) (err error) {
		c.open, err = openKeys(cardKey, im)
		return err
	}, c.store.giveBack)
}

// ChangePIN sets a new PIN by the old one. A wrong old one costs a try.
func (c *Card) ChangePIN(ctx context.Context, old, new *card.PIN) error {
	if err := new.Check(); err != nil {
		return fmt.Errorf("new passcode: %w", err)
	}
	return c.try(ctx, pinSecret, old, func(im *image, cardKey []byte) error {
		return c.setPIN(im, cardKey, new)
	}, c.store.save)
}

// Unblock sets a new PIN by the PUK and gives the PIN all its tries back. A
// wrong PUK is a [*card.PUKError]; with no try left it is [card.ErrPUKBlocked].
func (c *Card) Unblock(ctx context.Context, puk, new *card.PIN) error {
	if err := new.Check(); err != nil {
		return fmt.Errorf("new passcode: %w", err)
	}
	return c.try(ctx, pukSecret, puk, func(im *image, cardKey []byte) error {
		if err := c.setPIN(im, cardKey, new); err != nil {
			return err
		}
		im.state.pin = im.header.pinTries
		return nil
	}, c.store.save)
}

func (c *Card) setPIN(im *image, cardKey []byte, new *card.PIN) (err error) {
	im.pin, err = newLock(pinSecret, im.head, new.Octets(), c.store.device.secret, cardKey, im.pin.cost)
	return err
}

// try spends a try on the disk, then looks whether the secret is right, and
// only then gives the try back, does what it was wanted for and keeps that.
func (c *Card) try(ctx context.Context, kind secretKind, secret *card.PIN, then func(*image, []byte) error, keep func(*image) error) error {
	if err := secret.Check(); err != nil {
		return err
	}
	return c.locked(ctx, func(im *image) error {
		c.open.wipe()
		c.open = nil
		left, l := &im.state.pin, im.pin
		most := im.header.pinTries
		if kind == pukSecret {
			left, l, most = &im.state.puk, im.puk, im.header.pukTries
		}
		if *left == 0 {
			return blocked(kind)
		}
		*left--
		if err := c.store.save(im); err != nil {
			return err
		}
		cardKey, ok, err := l.open(kind, im.head, secret.Octets(), c.store.device.secret)
		if err != nil {
			return err
		}
		if !ok {
			return refused(kind, int(*left))
		}
		defer clear(cardKey)
		*left = most
		err = then(im, cardKey)
		if err == nil {
			err = keep(im)
		}
		if err != nil {
			c.open.wipe()
			c.open = nil
		}
		return err
	})
}

func blocked(kind secretKind) error {
	if kind == pukSecret {
		return card.ErrPUKBlocked
	}
	return card.ErrPINBlocked
}

func refused(kind secretKind, left int) error {
	if kind == pukSecret {
		return &card.PUKError{Retries: left}
	}
	return &card.PINError{Retries: left}
}
