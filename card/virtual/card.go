package virtual

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"lanyard/card"
)

// Card is a card in a file: what the chip is to a card of plastic. It counts
// tries, opens its private keys on the right PIN and keeps them open until
// Lock. Several processes may have the same file open; tries and PINs are
// theirs in common, an accepted PIN is each one's own.
//
// Its methods may be called from several goroutines.
type Card struct {
	store  store
	serial [16]byte
	label  string
	keys   []Pair

	mu   sync.Mutex
	open privateKeys // nil while locked
	shut bool
}

// Pair is a key pair of a card as everybody may see it.
type Pair struct {
	Slot    byte // PIV key reference: 9A authentication, 9C content commitment
	Purpose card.Purpose
	Policy  card.PINPolicy
	Cert    *x509.Certificate
	Expired *x509.Certificate // the same key out of date, for training; nil where the card has none
}

// Open opens the card file at path. No PIN is needed: certificates and tries
// are readable, the private keys are not.
func Open(ctx context.Context, path string, keys DeviceKeys) (*Card, error) {
	im, err := readImage(path)
	if err != nil {
		return nil, err
	}
	c := &Card{serial: im.header.serial, label: im.header.label, store: store{path: path}}
	if c.keys, err = pairs(im.header.keys); err != nil {
		return nil, err
	}
	device, err := keys.DeviceKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening card: %w", err)
	}
	defer clear(device[:])
	if c.store.device, err = deriveDevice(device, c.serial); err != nil {
		return nil, err
	}
	if _, _, err := c.Tries(ctx); err != nil {
		c.store.device.wipe()
		return nil, err
	}
	return c, nil
}

func pairs(in []publicKey) ([]Pair, error) {
	out := make([]Pair, 0, len(in))
	for _, k := range in {
		p := Pair{Slot: k.slot, Purpose: k.purpose, Policy: k.policy}
		var err error
		if p.Cert, err = x509.ParseCertificate(k.cert); err != nil {
			return nil, isDamaged("a certificate cannot be read")
		}
		if len(k.expired) > 0 {
			if p.Expired, err = x509.ParseCertificate(k.expired); err != nil {
				return nil, isDamaged("a certificate cannot be read")
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// Serial returns the 16 octets that identify the card for life.
func (c *Card) Serial() [16]byte { return c.serial }

// ID returns the serial number in hex.
func (c *Card) ID() card.TokenID { return tokenID(c.serial) }

func tokenID(serial [16]byte) card.TokenID { return card.TokenID(hex.EncodeToString(serial[:])) }

// Label returns what the card is called.
func (c *Card) Label() string { return c.label }

// Pairs returns the key pairs' public side.
func (c *Card) Pairs() []Pair { return append([]Pair(nil), c.keys...) }

// Tries returns the tries left of PIN and PUK without spending one.
func (c *Card) Tries(ctx context.Context) (pin, puk int, err error) {
	err = c.locked(ctx, func(im *image) error {
		pin, puk = int(im.state.pin), int(im.state.puk)
		return nil
	})
	return pin, puk, err
}

// Operate makes the bare private-key operation of a slot: RSA on a padded block
// as long as the modulus, EC an ASN.1 signature of a digest. Before a PIN was
// accepted it is [ErrNotVerified].
func (c *Card) Operate(slot byte, input []byte) ([]byte, error) {
	k, err := c.signer(slot)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return operate(k, input)
}

func (c *Card) signer(slot byte) (crypto.Signer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		return nil, ErrNotVerified
	}
	k, ok := c.open[slot]
	if !ok {
		return nil, fmt.Errorf("%w: slot %02X", card.ErrNoKey, slot)
	}
	return k, nil
}

// Lock forgets that a PIN was accepted and wipes the private keys.
func (c *Card) Lock() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open.wipe()
	c.open = nil
}

// Close locks the card and wipes what it knows of the device's key. It is safe
// to call twice; afterwards every try is [card.ErrRemoved].
func (c *Card) Close() error {
	c.Lock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.shut {
		c.shut = true
		c.store.device.wipe()
	}
	return nil
}

// locked calls fn with the card file as it is now, while no other process and
// no other goroutine changes it.
func (c *Card) locked(ctx context.Context, fn func(im *image) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut {
		return card.ErrRemoved
	}
	held, err := c.store.lock(ctx)
	if err != nil {
		return err
	}
	defer held.release()
	im, err := c.store.load()
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: its file is gone", card.ErrRemoved)
	}
	if err != nil {
		return err
	}
	if im.header.serial != c.serial {
		return fmt.Errorf("%w: the file now holds another card", ErrCopied)
	}
	return fn(im)
}

// verified tells whether the private keys are open.
func (c *Card) verified() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open != nil
}
