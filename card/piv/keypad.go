package piv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"lanyard/card"
	"lanyard/card/apdu"
)

// keypad returns how long the reader waits for its own keys, 0 where it has none.
func (w *wire) keypad(ctx context.Context) (time.Duration, error) {
	k, ok := w.t.(Keyed)
	if !ok {
		return 0, nil
	}
	wait, ok, err := k.Keypad(ctx)
	if err != nil {
		w.err = err
		return 0, err
	}
	if !ok {
		return 0, nil
	}
	return wait, nil
}

// verifyOnKeypad has the reader wait for the PIN on its own keys and send it,
// once, whatever comes of it. After the end of ctx the reader has a moment to
// finish; then the connection ends with a reset, and the outcome is not known.
func (w *wire) verifyOnKeypad(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err // the reader was not told to wait
	}
	k, ok := w.t.(Keyed)
	if !ok {
		return fmt.Errorf("%w: the reader has no keys for a passcode", card.ErrUnsupported)
	}
	command, err := apdu.Command{
		INS: insVerify, P2: refPIN, Data: bytes.Repeat([]byte{0xFF}, secretLen),
	}.Append(nil)
	if err != nil {
		return err
	}
	ctx, stop := outlive(ctx)
	defer stop()
	answer, err := k.VerifyOnKeypad(ctx, command, card.MinPIN, card.MaxPIN)
	switch {
	case errors.Is(err, card.ErrBusy), errors.Is(err, card.ErrUnsupported):
		return err // nothing was sent
	case err != nil:
		w.err = err
		return fmt.Errorf("%w: %w", card.ErrPINUnknown, err)
	}
	_, s, err := apdu.SplitAnswer(answer)
	if err != nil {
		return fmt.Errorf("%w: %w: %w", card.ErrPINUnknown, card.ErrDamaged, err)
	}
	return keyed(s)
}

// keyed reads the answer to a PIN that was typed on the reader: the reader's own
// word that it sent nothing (PC/SC part 10, 2.5), else the card's.
func keyed(s apdu.Status) error {
	switch s {
	case 0x6400:
		return fmt.Errorf("%w: nobody typed the passcode on the reader: %v", card.ErrTimeout, s)
	case 0x6401:
		return fmt.Errorf("%w: on the reader: %v", card.ErrCancelled, s)
	case 0x6402:
		return fmt.Errorf("%w: the reader says that two entries differ: %v", card.ErrPINFormat, s)
	case 0x6403:
		return fmt.Errorf("%w: the reader takes %d to %d digits: %v", card.ErrPINFormat, card.MinPIN, card.MaxPIN, s)
	case 0x6B80:
		return fmt.Errorf("%w: the reader does not know how to ask for this passcode: %v", card.ErrUnsupported, s)
	default:
		return outcome(s, card.ErrPINBlocked)
	}
}
