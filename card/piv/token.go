package piv

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lanyard/card"
)

// Token is an open PIV card, with every optional ability.
type Token struct {
	id    card.TokenID
	label string
	o     Options
	keys  time.Duration // how long the reader waits for its own keys; 0: it has none

	connect func(ctx context.Context) (Transport, error)

	turn    chan struct{} // holds one value: whoever takes it may give commands
	conn    Transport     // nil after a reset: connected anew when needed
	lengths lengths       // what was found out for the next series
	read    []card.Key    // what opening read, for the first Keys
	gone    error         // why the token is over, for all calls from then on
}

var (
	_ card.Token       = (*Token)(nil)
	_ card.BatchSigner = (*Token)(nil)
	_ card.PINCounter  = (*Token)(nil)
	_ card.PINChanger  = (*Token)(nil)
	_ card.Unblocker   = (*Token)(nil)
	_ card.Keypad      = (*Token)(nil)
)

// open connects to a card and reads what needs no PIN.
func open(ctx context.Context, connect func(context.Context) (Transport, error), o Options) (*Token, error) {
	t := &Token{connect: connect, o: o, turn: make(chan struct{}, 1)}
	t.turn <- struct{}{}
	if err := t.series(ctx, func(w *wire) (err error) {
		if t.keys, err = w.keypad(ctx); err != nil {
			return err
		}
		t.read, err = w.keys(ctx, t.unreadable)
		return err
	}); err != nil {
		return nil, errors.Join(fmt.Errorf("open the card: %w", err), t.Close())
	}
	t.label = label(t.read)
	return t, nil
}

// label calls a card by the name in its certificates.
func label(keys []card.Key) string {
	for _, k := range keys {
		if cn := k.Cert.Subject.CommonName; cn != "" {
			return cn
		}
	}
	return "PIV card"
}

func (t *Token) unreadable(ref string, err error) {
	t.o.Log.Warn("certificate cannot be read", "card", t.id, "key", ref, "err", err)
}

// ID returns the card's number (the GUID of its CHUID), else the fingerprint of
// its authentication certificate.
func (t *Token) ID() card.TokenID { return t.id }

// Label returns the name in the card's certificates.
func (t *Token) Label() string { return t.label }

// Keypad tells whether the passcode can be typed on the reader's own keys, and
// how long the reader waits for them.
func (t *Token) Keypad() (wait time.Duration, ok bool) { return t.keys, t.keys > 0 }

// Keys returns the authentication and the signature key, as far as they have a
// certificate.
func (t *Token) Keys(ctx context.Context) ([]card.Key, error) {
	var keys []card.Key
	err := t.series(ctx, func(w *wire) (err error) {
		if t.read != nil {
			keys, t.read = t.read, nil
			return nil
		}
		keys, err = w.keys(ctx, t.unreadable)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	return keys, nil
}

// Retries returns the PIN tries left, -1 where the card does not tell. A card
// tells only while no PIN is verified: unless the policy keeps it, a PIN state
// that another program left is dropped.
func (t *Token) Retries(ctx context.Context) (left int, err error) {
	err = t.series(ctx, func(w *wire) error {
		left, _, err = t.tries(ctx, w)
		return err
	})
	if err != nil {
		return 0, err
	}
	return left, nil
}

// ChangePIN sets a new PIN by the old one.
func (t *Token) ChangePIN(ctx context.Context, old, new *card.PIN) error {
	return t.manage(ctx, old, new, (*wire).changePIN)
}

// Unblock sets a new PIN by the PUK and resets the tries.
func (t *Token) Unblock(ctx context.Context, puk, new *card.PIN) error {
	return t.manage(ctx, puk, new, (*wire).unblock)
}

// manage sends a command with two secrets and drops the PIN state it may leave.
func (t *Token) manage(ctx context.Context, first, second *card.PIN, send func(*wire, context.Context, *card.PIN, *card.PIN) error) error {
	for _, p := range []*card.PIN{first, second} {
		if err := p.Check(); err != nil {
			return err
		}
	}
	return t.series(ctx, func(w *wire) error {
		defer t.drop(ctx, w)
		return send(w, ctx, first, second)
	})
}

// Close gives the card back. Every method returns [card.ErrRemoved] afterwards.
func (t *Token) Close() error {
	<-t.turn
	defer func() { t.turn <- struct{}{} }()
	if t.gone == nil {
		t.gone = fmt.Errorf("%w: it was given back", card.ErrRemoved)
	}
	return t.hangUp(false)
}

// hangUp gives the connection up.
func (t *Token) hangUp(reset bool) error {
	if t.conn == nil {
		return nil
	}
	conn := t.conn
	t.conn = nil
	return conn.Disconnect(reset)
}
