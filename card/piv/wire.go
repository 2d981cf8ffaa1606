package piv

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lanyard/card"
	"lanyard/card/apdu"
)

// The instructions used (SP 800-73-4 part 2).
const (
	insVerify          = 0x20
	insChangeReference = 0x24
	insResetRetry      = 0x2C
	insAuthenticate    = 0x87
	insSelect          = 0xA4
	insGetResponse     = 0xC0
	insGetData         = 0xCB
)

// claChaining marks a piece of a command that has more to come.
const claChaining = 0x10

// Limits of what a card may answer.
const (
	maxObject = 32 << 10 // octets; certificates have 1 to 3 kB
	maxPieces = 512      // GET RESPONSE rounds for them
)

// grace is how long a command on its way may go on after its context ended: the
// outcome of a PIN is better known, and a card cannot be interrupted.
const grace = 3 * time.Second

// lengths is which lengths card and reader take together.
type lengths int

const (
	untried  lengths = iota
	short            // up to 256 octets in one answer
	extended         // up to 65536
)

// wire is a connection in use: commands and their whole answers.
type wire struct {
	t Transport
	// lengths tells what card and reader can.
	lengths lengths
	// err is the last error of the transport itself, as opposed to what the
	// card answered.
	err error
}

// transmit sends one command and returns its answer. The octets sent are wiped.
func (w *wire) transmit(ctx context.Context, cmd apdu.Command) ([]byte, apdu.Status, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, 0, err
	}
	raw, err := cmd.Append(card.SecretBuffer(4 + 3 + len(cmd.Data) + 2))
	if err != nil {
		return nil, 0, err
	}
	defer clear(raw)
	ctx, stop := outlive(ctx)
	defer stop()
	answer, err := w.t.Transmit(ctx, raw)
	if err != nil {
		w.err = err
		return nil, 0, err
	}
	data, s, err := apdu.SplitAnswer(answer)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", card.ErrDamaged, err)
	}
	return data, s, nil
}

// exchange sends a command and collects its answer from all its pieces. It is
// for commands that may be repeated, never for one that carries a PIN.
func (w *wire) exchange(ctx context.Context, cmd apdu.Command) ([]byte, apdu.Status, error) {
	data, s, err := w.transmit(ctx, cmd)
	if ne, ok := s.WrongNe(); ok && err == nil {
		cmd.Ne = ne
		data, s, err = w.transmit(ctx, cmd)
	}
	whole := data
	for range maxPieces {
		ne, more := s.More()
		if err != nil || !more {
			return whole, s, err
		}
		if len(whole) > maxObject {
			break
		}
		data, s, err = w.transmit(ctx, apdu.Command{INS: insGetResponse, Ne: ne})
		if ne, ok := s.WrongNe(); ok && err == nil {
			data, s, err = w.transmit(ctx, apdu.Command{INS: insGetResponse, Ne: ne})
		}
		whole = append(whole, data...)
	}
	return nil, 0, fmt.Errorf("%w: an answer of more than %d octets", card.ErrDamaged, maxObject)
}

// exchangeLong asks for an answer that may be long: in one piece where card and
// reader can, which saves a slow card most of its time. The first such command
// shows whether they can.
func (w *wire) exchangeLong(ctx context.Context, cmd apdu.Command) ([]byte, apdu.Status, error) {
	if w.lengths != short {
		cmd.Ne = apdu.MaxNe
		data, s, err := w.exchange(ctx, cmd)
		if err == nil && (s == apdu.OK || s == apdu.NotFound) {
			w.lengths = extended
		}
		if w.lengths == extended || err != nil && !refusesLength(ctx, err) {
			return data, s, err
		}
		w.lengths, w.err = short, nil
	}
	cmd.Ne = apdu.MaxShortNe
	return w.exchange(ctx, cmd)
}

// refusesLength tells whether a failed transport may be a reader that takes no
// extended lengths: it says nothing, or something that there is no name for.
func refusesLength(ctx context.Context, err error) bool {
	for _, other := range []error{
		card.ErrRemoved, card.ErrReset, card.ErrBusy, card.ErrTimeout,
		card.ErrNoService, card.ErrNoReader, card.ErrNoCard, card.ErrAccess,
	} {
		if errors.Is(err, other) {
			return false
		}
	}
	return ctx.Err() == nil
}

// chained sends a command in pieces of the length that every card takes.
func (w *wire) chained(ctx context.Context, cmd apdu.Command) ([]byte, apdu.Status, error) {
	for len(cmd.Data) > apdu.MaxShortData {
		piece := cmd
		piece.CLA, piece.Ne = claChaining, 0
		piece.Data, cmd.Data = cmd.Data[:apdu.MaxShortData], cmd.Data[apdu.MaxShortData:]
		if data, s, err := w.transmit(ctx, piece); err != nil || s != apdu.OK {
			return data, s, err
		}
	}
	return w.exchange(ctx, cmd)
}

// outlive returns a context that ends some time after ctx does, with its cause.
func outlive(ctx context.Context) (context.Context, func()) {
	late, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		t := time.NewTimer(grace)
		defer t.Stop()
		select {
		case <-t.C:
			cancel(context.Cause(ctx))
		case <-late.Done():
		}
	})
	return late, func() {
		stop()
		cancel(nil)
	}
}
