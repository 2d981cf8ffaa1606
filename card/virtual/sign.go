package virtual

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"

	"lanyard/card"
	"lanyard/card/virtual/fault"
)

// Sign signs a digest: PKCS#1 v1.5 for RSA, ASN.1 ECDSA for EC.
func (t *Token) Sign(ctx context.Context, k card.Key, digest []byte, o crypto.SignerOpts, pin card.PINSource) ([]byte, error) {
	var out []byte
	err := t.SignBatch(ctx, k, [][]byte{digest}, o, pin, func(_ int, sig []byte) error {
		out = sig
		return nil
	})
	return out, err
}

// SignBatch signs digest after digest under one PIN.
func (t *Token) SignBatch(ctx context.Context, k card.Key, digests [][]byte, o crypto.SignerOpts, pin card.PINSource, done func(i int, signature []byte) error) error {
	ctx, leave := t.present(ctx)
	defer leave()
	p, err := t.pair(k)
	if err != nil {
		return err
	}
	inputs := make([][]byte, len(digests))
	for i, d := range digests {
		if inputs[i], err = pad(p.Cert.PublicKey, d, o); err != nil {
			return err
		}
	}
	if len(inputs) == 0 {
		return nil
	}
	secret, err := t.ask(ctx, p, len(inputs), pin)
	if err != nil {
		return err
	}
	defer secret.Wipe()
	if err := t.take(ctx); err != nil {
		return err
	}
	defer t.give()
	defer t.drop(ctx)
	for i, in := range inputs {
		if i == 0 || p.Policy == card.PINAlways {
			if err := t.verify(ctx, secret); err != nil {
				return err
			}
		}
		sig, err := t.operate(ctx, p.Slot, in)
		if err != nil {
			return err
		}
		if err := done(i, sig); err != nil {
			return err
		}
	}
	return nil
}

// pair finds the card's own key of that name.
func (t *Token) pair(k card.Key) (Pair, error) {
	if err := context.Cause(t.gone); err != nil {
		return Pair{}, err
	}
	for _, p := range t.c.Pairs() {
		if fmt.Sprintf("%02X", p.Slot) != k.Ref {
			continue
		}
		if k.Cert != nil && !bytes.Equal(k.Cert.RawSubjectPublicKeyInfo, p.Cert.RawSubjectPublicKeyInfo) {
			return Pair{}, fmt.Errorf("%w: key %s is another card's", card.ErrNoKey, k.Ref)
		}
		return p, nil
	}
	return Pair{}, fmt.Errorf("%w: %q", card.ErrNoKey, k.Ref)
}

// ask asks for the PIN, unless no try is left. The card is free meanwhile.
func (t *Token) ask(ctx context.Context, p Pair, count int, src card.PINSource) (*card.PIN, error) {
	n, err := t.Retries(ctx)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, card.ErrPINBlocked
	}
	pin, err := src.PIN(ctx, card.PINPrompt{
		Token: t.ID(), Label: t.Label(), Purpose: p.Purpose, Retries: n, Last: n == 1, Count: count,
	})
	// A PIN that comes too late is not wanted any more.
	if gone := t.over(ctx); gone != nil {
		err = gone
	}
	if err == nil {
		err = pin.Check()
	}
	if err != nil {
		pin.Wipe()
		return nil, err
	}
	return pin, nil
}

func (t *Token) verify(ctx context.Context, pin *card.PIN) error {
	if err := t.over(ctx); err != nil {
		return err // nothing was sent
	}
	return outcome(t.player.Do(ctx, fault.Verify, func() error {
		// A try that was spent on the disk is seen through.
		return t.c.VerifyPIN(context.WithoutCancel(ctx), pin)
	}))
}

func (t *Token) operate(ctx context.Context, slot byte, input []byte) (sig []byte, err error) {
	if err = t.over(ctx); err == nil {
		err = t.player.Do(ctx, fault.Sign, func() error {
			sig, err = t.c.Operate(slot, input)
			return err
		})
	}
	if err == nil {
		err = t.over(ctx) // taken out while it computed
	}
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return sig, nil
}

// drop ends the PIN state. Its command may fail as any other; the private keys
// are wiped in any case.
func (t *Token) drop(ctx context.Context) {
	if err := t.player.Do(ctx, fault.Drop, func() error { return nil }); err != nil {
		t.log.DebugContext(ctx, "card was gone before its PIN state was dropped", "err", err)
	}
	t.c.Lock()
}

// outcome tells a command with a PIN that was answered, or could not be tried
// at all, from one whose outcome nobody knows.
func outcome(err error) error {
	var pin *card.PINError
	var puk *card.PUKError
	known := err == nil || errors.As(err, &pin) || errors.As(err, &puk)
	for _, e := range []error{
		card.ErrPINBlocked, card.ErrPUKBlocked, card.ErrPINFormat, card.ErrBusy,
		ErrDamaged, ErrCopied, ErrDevice, ErrVersion,
	} {
		known = known || errors.Is(err, e)
	}
	if known {
		return err
	}
	return fmt.Errorf("%w: %w", card.ErrPINUnknown, err)
}

// pad makes the input of the private-key operation from a digest.
func pad(pub crypto.PublicKey, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	if h := o.HashFunc(); h == 0 || len(digest) != h.Size() {
		return nil, fmt.Errorf("%w: digest of %d octets for %v", card.ErrMechanism, len(digest), h)
	}
	switch pub := pub.(type) {
	case *rsa.PublicKey:
		if _, pss := o.(*rsa.PSSOptions); pss {
			return nil, fmt.Errorf("%w: PSS", card.ErrMechanism)
		}
		return card.SignatureBlock(pub.Size(), o.HashFunc(), digest)
	case *ecdsa.PublicKey:
		return digest, nil
	default:
		return nil, fmt.Errorf("%w: key of kind %T", card.ErrMechanism, pub)
	}
}
