package piv

import (
	"context"
	"crypto"
	"fmt"

	"lanyard/card"
	"lanyard/card/apdu"
)

// The objects inside the dynamic authentication template.
const (
	tagTemplate  apdu.Tag = 0x7C
	tagChallenge apdu.Tag = 0x81
	tagResponse  apdu.Tag = 0x82
)

// Sign signs one digest.
func (t *Token) Sign(ctx context.Context, k card.Key, digest []byte, o crypto.SignerOpts, pin card.PINSource) ([]byte, error) {
	var signature []byte
	err := t.SignBatch(ctx, k, [][]byte{digest}, o, pin, func(_ int, sig []byte) error {
		signature = sig
		return nil
	})
	if err != nil {
		return nil, err
	}
	return signature, nil
}

// SignBatch signs several digests under one consent. Done is called while the
// card is held: it must be quick and must not call the token.
func (t *Token) SignBatch(ctx context.Context, k card.Key, digests [][]byte, o crypto.SignerOpts, src card.PINSource, done func(i int, signature []byte) error) error {
	op, err := newOperation(k, digests, o)
	if err != nil {
		return err
	}
	if len(digests) == 0 {
		return context.Cause(ctx)
	}
	c, err := t.ask(ctx, op, src)
	defer c.pin.Wipe()
	if err != nil {
		return err
	}
	err = t.series(ctx, func(w *wire) error {
		if c.given() {
			defer t.drop(ctx, w)
		}
		return op.run(ctx, w, c, done)
	})
	if err != nil {
		return fmt.Errorf("sign with key %s: %w", op.slot.ref, err)
	}
	return nil
}

// operation is what is to be signed, made before anybody is asked.
type operation struct {
	slot    slot
	purpose card.Purpose
	alg     byte
	inputs  [][]byte
}

// run signs input after input. The PIN is sent as often as the key wants it, as
// long as each was accepted.
func (op *operation) run(ctx context.Context, w *wire, c *consent, done func(i int, signature []byte) error) error {
	for i, input := range op.inputs {
		if i == 0 || op.slot.policy == card.PINAlways {
			if err := c.verify(ctx, w, len(op.inputs)-i); err != nil {
				return err
			}
		}
		if op.slot.policy == card.PINOnce || i == len(op.inputs)-1 {
			c.pin.Wipe()
		}
		signature, err := op.sign(ctx, w, input)
		if err != nil {
			return err
		}
		if err := done(i, signature); err != nil {
			return err
		}
	}
	return nil
}

// sign has the card sign one input.
func (op *operation) sign(ctx context.Context, w *wire, input []byte) ([]byte, error) {
	template := apdu.AppendTLV(apdu.AppendTLV(nil, tagResponse, nil), tagChallenge, input)
	data, s, err := w.chained(ctx, apdu.Command{
		INS: insAuthenticate, P1: op.alg, P2: op.slot.id,
		Data: apdu.AppendTLV(nil, tagTemplate, template), Ne: apdu.MaxShortNe,
	})
	if err != nil {
		return nil, err
	}
	switch s {
	case apdu.OK:
		return response(data)
	case apdu.SecurityStatus:
		return nil, fmt.Errorf("%w: the card wants the passcode again: %v", card.ErrReset, s)
	case apdu.ReferenceNotFound, apdu.NotFound:
		return nil, fmt.Errorf("%w: %v", card.ErrNoKey, s)
	case apdu.WrongData, apdu.WrongP1P2, apdu.WrongLength, apdu.NoChaining, apdu.UnknownInstruction:
		return nil, fmt.Errorf("%w: %v", card.ErrMechanism, s)
	default:
		return nil, fmt.Errorf("%w: no signature: %v", card.ErrDamaged, s)
	}
}

// response takes the signature out of the card's answer.
func response(data []byte) ([]byte, error) {
	o, _, err := apdu.NextTLV(data)
	if err != nil || o.Tag != tagTemplate {
		return nil, fmt.Errorf("%w: answer without a template", card.ErrDamaged)
	}
	signature, ok, err := apdu.FindTLV(o.Value, tagResponse)
	if err != nil || !ok || len(signature) == 0 {
		return nil, fmt.Errorf("%w: answer without a signature", card.ErrDamaged)
	}
	return signature, nil
}
