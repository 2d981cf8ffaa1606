package piv

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lanyard/card"
)

// dropTime is how long the card may take to forget a PIN, also after the
// operation's own context ended.
const dropTime = 5 * time.Second

// series runs a few commands, with other programs and calls kept out, on the
// selected PIV application of the very card the token was opened with.
func (t *Token) series(ctx context.Context, run func(w *wire) error) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.turn:
	}
	defer func() { t.turn <- struct{}{} }()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if t.gone != nil {
		return t.gone
	}
	err := t.begin(ctx)
	if err == nil {
		err = t.within(ctx, run)
	}
	if errors.Is(err, card.ErrRemoved) {
		t.gone = card.ErrRemoved
		_ = t.hangUp(false) // there is nothing left to give back
	}
	return err
}

// begin takes the card, connecting anew where the connection was given up. A
// reset by another program loses nothing that this series needs.
func (t *Token) begin(ctx context.Context) error {
	if t.conn == nil {
		conn, err := t.connect(ctx)
		if errors.Is(err, card.ErrNoCard) || errors.Is(err, card.ErrNoReader) {
			err = fmt.Errorf("%w: %w", card.ErrRemoved, err)
		}
		if err != nil {
			return err
		}
		t.conn = conn
	}
	err := t.conn.Begin(ctx)
	if errors.Is(err, card.ErrReset) {
		err = t.conn.Begin(ctx)
	}
	return err
}

// within runs the series proper. A connection whose transport failed is given
// up with a reset, which takes the card's PIN state with it.
func (t *Token) within(ctx context.Context, run func(w *wire) error) error {
	conn := t.conn
	defer conn.End()
	w := &wire{t: conn, lengths: t.lengths}
	err := t.recognise(ctx, w)
	if err == nil {
		err = run(w)
	}
	t.lengths = w.lengths
	if w.err != nil && !errors.Is(w.err, card.ErrBusy) {
		t.reset("the connection failed")
	}
	return err
}

// recognise selects PIV and makes sure that the card is the token's.
func (t *Token) recognise(ctx context.Context, w *wire) error {
	if err := w.selectApplication(ctx); err != nil {
		return err
	}
	id, err := w.identity(ctx)
	if err != nil {
		return err
	}
	if t.id == "" {
		t.id = id // opening
	}
	if id != t.id {
		return fmt.Errorf("%w: another card, %s, is in its place", card.ErrRemoved, id)
	}
	return nil
}

// tries tells the tries left. It drops a PIN state that is up, unless the policy
// keeps it, because a card in that state does not tell.
func (t *Token) tries(ctx context.Context, w *wire) (left int, verified bool, err error) {
	left, verified, err = w.state(ctx)
	if err != nil || !verified || t.o.KeepPINState {
		return left, verified, err
	}
	if ok, err := w.drop(ctx); err != nil || !ok {
		return left, false, err
	}
	return w.state(ctx)
}

// drop takes the card's PIN state back after an operation, whatever came of it,
// unless the policy keeps it.
func (t *Token) drop(ctx context.Context, w *wire) {
	if t.o.KeepPINState || w.err != nil { // a failed connection ends with a reset
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTime)
	defer cancel()
	if ok, err := w.drop(ctx); err == nil && !ok {
		t.reset("the card cannot drop a PIN")
	}
}

// reset gives the connection up with a reset of the card.
func (t *Token) reset(why string) {
	if err := t.hangUp(true); err != nil && !errors.Is(err, card.ErrRemoved) {
		t.o.Log.Warn("card was not reset", "card", t.id, "why", why, "err", err)
	}
}
