package demo_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker/demo"
	"lanyard/card"
	"lanyard/card/virtual"
)

// practise starts a practice in a folder; it ends with the test.
func practise(t *testing.T, dir string) *demo.Practice {
	t.Helper()
	p, err := demo.StartPractice(t.Context(), options(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func shut(t *testing.T, p *demo.Practice) {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// onCard does something to a card of the folder while no practice runs.
func onCard(t *testing.T, dir, name string, do func(c *virtual.Card) error) {
	t.Helper()
	c, err := virtual.Open(t.Context(), filepath.Join(dir, "cards", name+".card"), &virtual.Device{Dir: filepath.Join(dir, "device")})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(do(c), c.Close()); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func tries(t *testing.T, dir, name string) (pin, puk int) {
	t.Helper()
	onCard(t, dir, name, func(c *virtual.Card) (err error) {
		pin, puk, err = c.Tries(t.Context())
		return err
	})
	return pin, puk
}

// TestCardsAreFreshAtEachStart spoils cards as people do who practise, and
// finds them as they were made at the next start, which makes none anew.
func TestCardsAreFreshAtEachStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	p := practise(t, dir)
	passcode, puk := p.Passcode(), p.PUK()
	for _, k := range p.Cards() {
		left := map[demo.Kind]time.Duration{demo.RanOut: -60 * 24 * time.Hour, demo.RunsOut: 20 * 24 * time.Hour}
		want, short := left[k.Kind]
		if d := time.Until(k.Ends); short && (d > want || d < want-time.Hour) || !short && d < 28*24*time.Hour {
			t.Errorf("%s ends in %v", k.Name, d)
		}
	}
	shut(t, p)

	wanted := func() {
		t.Helper()
		for _, k := range p.Cards() {
			want := map[demo.Kind]int{demo.LastTry: 1, demo.LockedCard: 0}
			left, special := want[k.Kind]
			if !special {
				left = 3
			}
			if pin, puk := tries(t, dir, k.Name); pin != left || puk != 3 {
				t.Errorf("%s has %d tries and %d of the PUK, want %d and 3", k.Name, pin, puk, left)
			}
		}
	}
	wanted()
	other := func() *card.PIN { return card.NewPIN([]byte("13579246")) }
	onCard(t, dir, "locked", func(c *virtual.Card) error {
		return c.Unblock(t.Context(), card.NewPIN([]byte(puk)), other())
	})
	onCard(t, dir, "last", func(c *virtual.Card) error {
		if err := c.VerifyPIN(t.Context(), other()); !errors.Is(err, card.ErrPINBlocked) {
			var refused *card.PINError
			if !errors.As(err, &refused) || refused.Retries != 0 {
				t.Errorf("the last try: %v", err)
			}
		}
		return nil
	})
	onCard(t, dir, "gp", func(c *virtual.Card) error {
		return c.ChangePIN(t.Context(), card.NewPIN([]byte(passcode)), other())
	})
	halve(t, filepath.Join(dir, "cards", "demo.card"))
	if err := os.Remove(filepath.Join(dir, "fresh", "closed.card")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "cards", "closed.card")); err != nil {
		t.Fatal(err)
	}

	again := practise(t, dir)
	if again.Passcode() != passcode || again.PUK() != puk {
		t.Error("the passcode or the PUK is another one")
	}
	shut(t, again)
	wanted()
	onCard(t, dir, "gp", func(c *virtual.Card) error {
		return c.VerifyPIN(t.Context(), card.NewPIN([]byte(passcode)))
	})
}
