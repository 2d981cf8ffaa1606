package pkcs11

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"lanyard/card"
)

// Sign signs a digest: PKCS#1 v1.5 for RSA, ASN.1 ECDSA for EC.
func (t *Token) Sign(ctx context.Context, k card.Key, digest []byte, o crypto.SignerOpts, pin card.PINSource) ([]byte, error) {
	var out []byte
	err := t.SignBatch(ctx, k, [][]byte{digest}, o, pin, func(_ int, sig []byte) error {
		out = sig
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// SignBatch signs digest after digest under one PIN. The module is nobody
// else's meanwhile.
func (t *Token) SignBatch(ctx context.Context, k card.Key, digests [][]byte, o crypto.SignerOpts, pin card.PINSource, done func(i int, signature []byte) error) error {
	ctx, leave := t.present(ctx)
	defer leave()
	own, err := t.key(k)
	if err != nil {
		return err
	}
	inputs := make([][]byte, len(digests))
	var mechanism uint
	for i, d := range digests {
		if mechanism, inputs[i], err = input(own.Public(), d, o); err != nil {
			return err
		}
	}
	if len(inputs) == 0 {
		return nil
	}
	c, err := t.ask(ctx, own, len(inputs), pin)
	if err != nil {
		return err
	}
	defer c.pin.Wipe()
	return t.operate(ctx, own.token, false, []fingerprint{own.print}, func(u *operation) error {
		c.count = len(inputs)
		if err := u.give(ctx, c, opLogin, opKeys); err != nil {
			return err
		}
		for i, in := range inputs {
			c.count = len(inputs) - i
			raw, err := u.signature(ctx, own, mechanism, in, c)
			if err != nil {
				return err
			}
			sig, err := output(own.Public(), raw, digests[i], o.HashFunc())
			if err != nil {
				return err
			}
			if err := done(i, sig); err != nil {
				return &doneError{err}
			}
		}
		return nil
	})
}

// doneError is an error of the caller's own, which tells nothing of the card.
type doneError struct{ err error }

// Error is the caller's.
func (e *doneError) Error() string { return e.err.Error() }

// operation is a token with a session open on it.
type operation struct {
	t     *Token
	token tokenName
	sent  bool // the module's process has had a PIN
	up    bool // the card's PIN state is up, or may be
}

// operate opens a session on the token, which must still be the same, runs
// work, and drops the PIN state.
func (t *Token) operate(ctx context.Context, token tokenName, write bool, certs []fingerprint, work func(*operation) error) error {
	if err := t.h.take(ctx); err != nil {
		return err
	}
	defer t.h.give()
	if token.equal(t.state.Name) && t.self.ID != nil {
		certs = append(certs, t.self)
	}
	if _, err := t.h.call(ctx, &request{Op: opBegin, Token: token, Certs: certs, Write: write}); err != nil {
		return t.judge(ctx, fmt.Errorf("opening the card: %w", err))
	}
	u := &operation{t: t, token: token}
	err := work(u)
	var callers *doneError
	if errors.As(err, &callers) {
		u.end(ctx)
		return callers.err
	}
	u.end(ctx)
	return t.judge(ctx, err)
}

// signature makes one signature, in a session of its own. The PIN is sent for
// it if the key wants that.
func (u *operation) signature(ctx context.Context, k key, mechanism uint, data []byte, c *consent) ([]byte, error) {
	a, err := u.t.h.call(ctx, &request{Op: opPrepare, Key: k.print.ID, Mechanism: mechanism})
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	u.t.learn(k.Ref, a.Always)
	if a.Always {
		if err := u.give(ctx, c, opContext, opAgain); err != nil {
			return nil, err
		}
	}
	a, err = u.t.h.call(ctx, &request{Op: opSign, Data: data})
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return a.Signature, nil
}

// end drops the PIN state and closes the sessions, whatever has become of the
// caller's context. A process that has had a PIN ends: modules leave copies of
// it in their memory.
func (u *operation) end(ctx context.Context) {
	t := u.t
	ctx = context.WithoutCancel(ctx)
	_, err := t.h.call(ctx, &request{Op: opEnd, Keep: t.c.Keep || !u.up, Last: u.sent})
	if u.sent {
		t.h.restart()
	}
	if t.c.Keep || !u.up || context.Cause(t.gone) != nil {
		return
	}
	if t.c.Drop != nil && t.reader != "" {
		ctx, cancel := context.WithTimeout(ctx, t.h.list)
		defer cancel()
		err = t.c.Drop(ctx, t.reader)
	}
	if err != nil && !errors.Is(err, card.ErrRemoved) && !errors.Is(err, card.ErrNoCard) {
		t.c.Log.WarnContext(ctx, "the card's PIN state could not be dropped: it may still sign for other programs", "card", t.id, "err", err)
	}
}
