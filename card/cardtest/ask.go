package cardtest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha1" // old servers want it
	_ "crypto/sha256"
	"errors"
	"sync"
	"testing"

	"lanyard/card"
)

// person answers PIN prompts and remembers them.
type person struct {
	answer func(ctx context.Context) (string, error)

	mu      sync.Mutex
	prompts []card.PINPrompt
	given   [][]byte
}

// types is a person who types the same PIN at every prompt.
func types(pin string) *person {
	return &person{answer: func(context.Context) (string, error) { return pin, nil }}
}

// PIN implements [card.PINSource].
func (p *person) PIN(ctx context.Context, prompt card.PINPrompt) (*card.PIN, error) {
	p.mu.Lock()
	p.prompts = append(p.prompts, prompt)
	p.mu.Unlock()
	text, err := p.answer(ctx)
	if err != nil {
		return nil, err
	}
	octets := []byte(text)
	p.mu.Lock()
	p.given = append(p.given, octets)
	p.mu.Unlock()
	return card.NewPIN(octets), nil
}

// wantAsked checks how often the person was asked, and that every PIN given was
// wiped.
func (p *person) wantAsked(t *testing.T, times int) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.prompts) != times {
		t.Errorf("PIN asked for %d times, want %d", len(p.prompts), times)
	}
	for _, g := range p.given {
		for _, c := range g {
			if c != 0 {
				t.Error("a PIN was not wiped")
				return
			}
		}
	}
}

// key returns the key for a purpose.
func (s *suite) key(t *testing.T, p card.Purpose) card.Key {
	t.Helper()
	keys, err := s.Token.Keys(t.Context())
	if err != nil {
		t.Fatalf("keys: %v", err)
	}
	for _, k := range keys {
		if k.Purpose == p {
			return k
		}
	}
	t.Fatalf("no %v key among %d", p, len(keys))
	return card.Key{}
}

func digest(h crypto.Hash, text string) []byte {
	w := h.New()
	_, _ = w.Write([]byte(text))
	return w.Sum(nil)
}

// sign signs a SHA-256 digest with the authentication key and checks the
// signature.
func (s *suite) sign(t *testing.T, src card.PINSource) error {
	t.Helper()
	return s.signWith(t, s.key(t, card.Authentication), crypto.SHA256, src)
}

func (s *suite) signWith(t *testing.T, k card.Key, h crypto.Hash, src card.PINSource) error {
	t.Helper()
	d := digest(h, t.Name())
	sig, err := s.Token.Sign(t.Context(), k, d, h, src)
	if err != nil {
		if sig != nil {
			t.Error("a signature came with an error")
		}
		return err
	}
	if err := check(k, h, d, sig); err != nil {
		t.Errorf("signature of the %v key, %v: %v", k.Purpose, h, err)
	}
	return nil
}

func check(k card.Key, h crypto.Hash, d, sig []byte) error {
	switch pub := k.Public().(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(pub, h, d, sig)
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(pub, d, sig) {
			return errors.New("does not hold")
		}
		return nil
	default:
		return errors.New("key of unknown kind")
	}
}

// wrong returns a PIN of the right form that is not the card's.
func (s *suite) wrong() string { return wrongOf(s.PIN) }

// wantTries checks the tries left, where the kind tells them.
func (s *suite) wantTries(t *testing.T, n int) {
	t.Helper()
	c, ok := s.Token.(card.PINCounter)
	if !ok {
		return
	}
	if got, err := c.Retries(t.Context()); err != nil || got != n {
		t.Errorf("tries left: %d, %v; want %d", got, err, n)
	}
}

// wantTally checks the PIN commands the card saw, where it counts them.
func (s *suite) wantTally(t *testing.T, want Tally) {
	t.Helper()
	if s.Tally == nil {
		return
	}
	if got := s.Tally(); got != want {
		t.Errorf("PIN commands %+v, want %+v", got, want)
	}
}

// wantDropped checks that no PIN state is left on the card, where that can be seen.
func (s *suite) wantDropped(t *testing.T) {
	t.Helper()
	if s.Verified != nil && s.Verified() {
		t.Error("the card's PIN state is still up")
	}
}

// wantRefused checks an error for a refused PIN with so many tries left.
func (s *suite) wantRefused(t *testing.T, err error, left int) {
	t.Helper()
	var refused *card.PINError
	if !errors.As(err, &refused) {
		t.Fatalf("wrong PIN: %v, want a *card.PINError", err)
	}
	if s.h.has(Exact) && refused.Retries != left {
		t.Errorf("wrong PIN: %d tries left, want %d", refused.Retries, left)
	}
}

// pinOf makes a PIN of text.
func pinOf(text string) *card.PIN { return card.NewPIN([]byte(text)) }
