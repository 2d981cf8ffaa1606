package pkcs11

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"lanyard/card"
)

// Token is a card that a module shows. It is a [card.Token], a
// [card.BatchSigner], a [card.PINChanger] and a [card.Keypad]; the change is
// [card.ErrUnsupported] where the module cannot.
type Token struct {
	h      *host
	c      Config
	reader card.ReaderID // empty where the token is in none
	id     card.TokenID
	label  string
	state  tokenState  // as it was opened, of the first of the card's tokens
	self   fingerprint // the certificate that identifies the card, if there is one

	gone context.Context // ends with cause card.ErrRemoved; the life of the insertion
	out  context.CancelCauseFunc

	mu   sync.Mutex
	keys []key
}

// key is a key and where it is.
type key struct {
	card.Key
	token tokenName
	print fingerprint
}

func newToken(h *host, c Config, r card.ReaderID, states []tokenState) *Token {
	t := &Token{h: h, c: c, reader: r, state: states[0]}
	t.gone, t.out = context.WithCancelCause(context.Background())
	return t
}

// add adds the keys of one of the card's tokens. Certificates of authorities
// and those that cannot be read are none of a key.
func (t *Token) add(name tokenName, objects []object) {
	for _, o := range objects {
		cert, err := x509.ParseCertificate(o.Cert)
		if err != nil || cert.IsCA || t.has(name, o.ID) {
			continue
		}
		k := key{token: name, print: fingerprint{ID: o.ID, Sum: sha256.Sum256(o.Cert)}}
		k.Key = card.Key{Ref: hex.EncodeToString(o.ID), Purpose: card.PurposeOf(cert), Cert: cert}
		if t.hasRef(k.Ref) {
			k.Ref += "@" + string(name.Label) // another of the card's tokens has one of that ID
		}
		if o.Always || !o.Visible && k.Purpose == card.ContentCommitment {
			k.Policy = card.PINAlways
		}
		t.keys = append(t.keys, k)
	}
}

func (t *Token) has(name tokenName, id []byte) bool {
	for _, k := range t.keys {
		if k.token.equal(name) && bytes.Equal(k.print.ID, id) {
			return true
		}
	}
	return false
}

func (t *Token) hasRef(ref string) bool {
	for _, k := range t.keys {
		if k.Ref == ref {
			return true
		}
	}
	return false
}

// identify sets the card's identity: the fingerprint of its authentication
// certificate, because serial numbers are not unique in every module.
func (t *Token) identify(s tokenState) error {
	if len(t.keys) == 0 {
		return fmt.Errorf("%w: token %q has none that belongs to a key", card.ErrNoCert, s.Name.Label)
	}
	t.id = card.TokenID("serial-" + strings.ToValidUTF8(string(s.Name.Serial), ""))
	for _, k := range t.keys {
		if k.Purpose == card.Authentication {
			t.state.Name, t.self = k.token, k.print
			t.id = card.TokenID(hex.EncodeToString(k.print.Sum[:]))
			break
		}
	}
	if t.label = strings.ToValidUTF8(string(t.state.Name.Label), ""); t.label == "" {
		t.label = s.Model
	}
	return nil
}

// ID returns the SHA-256 fingerprint of the card's authentication certificate
// in hex, or "serial-" and the serial number where it has none.
func (t *Token) ID() card.TokenID { return t.id }

// Label returns the token's label.
func (t *Token) Label() string { return t.label }

// keypadWait is how long readers wait for their keys: modules do not tell, and
// OpenSC has them wait so long.
const keypadWait = 30 * time.Second

// Keypad tells whether the module has the PIN typed on the reader's own keys.
func (t *Token) Keypad() (wait time.Duration, ok bool) {
	if !t.state.Keypad {
		return 0, false
	}
	return keypadWait, true
}

// Close gives the card back; methods called afterwards, and what is under way,
// end with [card.ErrRemoved].
func (t *Token) Close() error {
	t.out(card.ErrRemoved)
	return nil
}

// Keys returns the keys that have a certificate. The module is asked whether
// the card is still there.
func (t *Token) Keys(ctx context.Context) ([]card.Key, error) {
	ctx, leave := t.present(ctx)
	defer leave()
	if _, err := t.look(ctx); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	keys := make([]card.Key, len(t.keys))
	for i, k := range t.keys {
		keys[i] = k.Key
	}
	return keys, nil
}

// key finds the card's own key of that name.
func (t *Token) key(k card.Key) (key, error) {
	if err := context.Cause(t.gone); err != nil {
		return key{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, own := range t.keys {
		if own.Ref != k.Ref {
			continue
		}
		if k.Cert != nil && !k.Cert.Equal(own.Cert) {
			return key{}, fmt.Errorf("%w: key %s is another card's", card.ErrNoKey, k.Ref)
		}
		return own, nil
	}
	return key{}, fmt.Errorf("%w: %q", card.ErrNoKey, k.Ref)
}

// learn keeps what the module showed of a key.
func (t *Token) learn(ref string, always bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.keys {
		if t.keys[i].Ref == ref {
			t.keys[i].Policy = card.PINOnce
			if always {
				t.keys[i].Policy = card.PINAlways
			}
		}
	}
}

// present derives a context that also ends when the card is taken out, with
// the cause [card.ErrRemoved].
func (t *Token) present(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if err := context.Cause(t.gone); err != nil {
		cancel(err)
	}
	stop := context.AfterFunc(t.gone, func() { cancel(card.ErrRemoved) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// look makes the module look at the readers and returns the token as it is now.
func (t *Token) look(ctx context.Context) (tokenState, error) {
	if err := t.h.take(ctx); err != nil {
		return tokenState{}, err
	}
	defer t.h.give()
	s, err := t.now(ctx, t.state.Name, false)
	return s, t.judge(ctx, err)
}

// now is look for whoever has the turn. With all it tells a card that does not
// answer from one that is gone.
func (t *Token) now(ctx context.Context, name tokenName, all bool) (tokenState, error) {
	a, err := t.h.call(ctx, &request{Op: opList, All: all})
	if err != nil {
		return tokenState{}, err
	}
	err = &callError{Text: fmt.Sprintf("token %q is not there", name.Label), Gone: true}
	for _, s := range a.Tokens {
		switch {
		case s.Fail == nil && s.Name.equal(name):
			return s, nil
		case s.Fail != nil && bytes.Equal(s.Name.Slot, name.Slot):
			err = unreadable(s.Fail)
		}
	}
	return tokenState{}, err
}

// unreadable tells of a card that is in the slot and was read before.
func unreadable(e *callError) error {
	if errors.Is(e, card.ErrRemoved) {
		return e
	}
	return fmt.Errorf("%w: %w", card.ErrMute, e)
}

// judge finds out what an error means for the token. After a failure that may
// be the card's leaving, the module is asked whether it is there, in a new
// process where the old one is not to be relied on. The caller has the turn.
func (t *Token) judge(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var e *callError
	if errors.As(err, &e) && (e.Gone || e.suspect() && !errors.Is(err, card.ErrRemoved)) {
		_, now := t.now(context.WithoutCancel(ctx), t.state.Name, true)
		switch {
		case errors.Is(now, card.ErrMute) && e.Gone:
			err = now
		case errors.Is(now, card.ErrMute), errors.Is(now, card.ErrRemoved):
			err = fmt.Errorf("%w: %w", err, now)
		}
	}
	if errors.Is(err, card.ErrRemoved) {
		t.out(card.ErrRemoved)
	}
	return err
}
