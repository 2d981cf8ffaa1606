package piv

import (
	"context"
	"errors"
	"fmt"

	"lanyard/card"
	"lanyard/card/apdu"
)

// refPIN is the key reference of the application's PIN.
const refPIN = 0x80

// secretLen is what a PIN or PUK is padded to.
const secretLen = 8

// pad appends a secret with its padding.
func pad(dst []byte, p *card.PIN) []byte {
	dst = append(dst, p.Octets()...)
	for range secretLen - p.Len() {
		dst = append(dst, 0xFF)
	}
	return dst
}

// verify sends the PIN, once.
func (w *wire) verify(ctx context.Context, pin *card.PIN) error {
	return w.secret(ctx, apdu.Command{INS: insVerify, P2: refPIN}, card.ErrPINBlocked, pin)
}

// changePIN sends the old and the new PIN.
func (w *wire) changePIN(ctx context.Context, old, new *card.PIN) error {
	return w.secret(ctx, apdu.Command{INS: insChangeReference, P2: refPIN}, card.ErrPINBlocked, old, new)
}

// unblock sends the PUK and a new PIN.
func (w *wire) unblock(ctx context.Context, puk, new *card.PIN) error {
	return w.secret(ctx, apdu.Command{INS: insResetRetry, P2: refPIN}, card.ErrPUKBlocked, puk, new)
}

// secret sends a command that carries secrets, once, whatever comes of it.
func (w *wire) secret(ctx context.Context, cmd apdu.Command, blocked error, secrets ...*card.PIN) error {
	if err := context.Cause(ctx); err != nil {
		return err // nothing was sent
	}
	cmd.Data = card.SecretBuffer(secretLen * len(secrets))
	for _, s := range secrets {
		cmd.Data = pad(cmd.Data, s)
	}
	defer clear(cmd.Data[:cap(cmd.Data)])
	_, s, err := w.transmit(ctx, cmd)
	switch {
	case errors.Is(err, card.ErrBusy):
		return err // it was not sent
	case err != nil:
		return fmt.Errorf("%w: %w", card.ErrPINUnknown, err)
	}
	return outcome(s, blocked)
}

// outcome reads what the card says of a secret. Blocked is the error for no try
// left, and tells whose tries they are.
func outcome(s apdu.Status, blocked error) error {
	retries, told := s.Retries()
	switch {
	case s == apdu.OK:
		return nil
	case s == apdu.Blocked:
		return fmt.Errorf("%w: %v", blocked, s)
	case s == 0x6300:
		retries = -1 // wrong, and the card does not count aloud
	case s == apdu.WrongData, s == apdu.WrongLength:
		return fmt.Errorf("%w: the card refuses it: %v", card.ErrPINFormat, s)
	case s == apdu.UnknownInstruction, s == apdu.WrongP1P2, s == apdu.ReferenceNotFound:
		return fmt.Errorf("%w: %v", card.ErrUnsupported, s)
	case !told:
		return fmt.Errorf("%w: %v", card.ErrPINUnknown, s)
	}
	if errors.Is(blocked, card.ErrPUKBlocked) {
		return &card.PUKError{Retries: retries, Err: refusal(s)}
	}
	return &card.PINError{Retries: retries, Err: refusal(s)}
}

// refusal keeps the raw status of a refused secret.
type refusal apdu.Status

func (r refusal) Error() string { return apdu.Status(r).String() }

// state asks for the tries left without spending one. Verified is a card that
// took the PIN before, from whatever program; it does not tell tries then.
func (w *wire) state(ctx context.Context) (left int, verified bool, err error) {
	_, s, err := w.transmit(ctx, apdu.Command{INS: insVerify, P2: refPIN})
	if err != nil {
		return 0, false, fmt.Errorf("ask for the tries left: %w", err)
	}
	if s == apdu.OK {
		return -1, true, nil
	}
	left, ok := s.Retries()
	if !ok {
		return -1, false, nil // an old card that does not tell
	}
	return left, false, nil
}

// drop makes the card forget that it took the PIN; ok is false where it cannot.
func (w *wire) drop(ctx context.Context) (ok bool, err error) {
	_, s, err := w.transmit(ctx, apdu.Command{INS: insVerify, P1: 0xFF, P2: refPIN})
	return s == apdu.OK, err
}
