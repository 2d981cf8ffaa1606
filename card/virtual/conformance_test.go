package virtual_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/virtual"
	"lanyard/card/virtual/fault"
)

// deviceKey is a device key that is always there.
type deviceKey [32]byte

func (k deviceKey) DeviceKey(context.Context) (*[32]byte, error) {
	key := [32]byte(k)
	return &key, nil
}

const (
	thePIN = "48215937"
	thePUK = "90218734"
)

func secret(s string) *card.PIN { return card.NewPIN([]byte(s)) }

func aSpec(t *testing.T, alg virtual.Algorithm) virtual.Spec {
	ca := cardtest.NewIssuer(t)
	return virtual.Spec{
		Label: "Dr Amara Osei", PIN: secret(thePIN), PUK: secret(thePUK), Alg: alg,
		Cost:  virtual.Cost{Memory: 8, Passes: 1, Lanes: 1},
		Issue: ca.For("555012345678"),
	}
}

func makeCard(t *testing.T, s virtual.Spec) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "osei.card")
	c, err := virtual.Create(t.Context(), path, deviceKey{1}, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func subject(t *testing.T, path string, p *fault.Player) *cardtest.Subject {
	t.Helper()
	c, err := virtual.Open(t.Context(), path, deviceKey{1})
	if err != nil {
		t.Fatal(err)
	}
	tok := virtual.NewToken(c, p, slog.New(slog.DiscardHandler))
	return &cardtest.Subject{
		Token: tok, PIN: thePIN, PUK: thePUK, Tries: 3,
		Remove:   tok.Remove,
		Tally:    func() cardtest.Tally { return cardtest.Tally(tok.Tally()) },
		Verified: tok.Verified,
		ChangeBehind: func(new string) error {
			other, err := virtual.Open(t.Context(), path, deviceKey{1})
			if err != nil {
				return err
			}
			defer func() { _ = other.Close() }()
			return other.ChangePIN(t.Context(), secret(thePIN), secret(new))
		},
	}
}

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		alg   virtual.Algorithm
		once  bool
		lacks []cardtest.Ability
	}{
		"RSA":             {alg: virtual.RSA2048},
		"P-256":           {alg: virtual.P256},
		"P-256, PIN once": {alg: virtual.P256, once: true, lacks: []cardtest.Ability{cardtest.EachTime}},
	} {
		t.Run(name, func(t *testing.T) {
			s := aSpec(t, c.alg)
			s.CommitOnce = c.once
			fresh := makeCard(t, s)
			cardtest.Run(t, cardtest.Harness{
				Lacks: c.lacks,
				New: func(t *testing.T) *cardtest.Subject {
					// A copy of file and counter is a fresh card, made without
					// waiting for new keys.
					dir := t.TempDir()
					if err := os.CopyFS(dir, os.DirFS(filepath.Dir(fresh))); err != nil {
						t.Fatal(err)
					}
					return subject(t, filepath.Join(dir, filepath.Base(fresh)), nil)
				},
			})
		})
	}
}
