package card_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
)

// state asks the card for its PIN state with another program.
func state(t *testing.T) string {
	t.Helper()
	return works(t, desk, "opensc-tool", "--send-apdu", "00A404000BA00000030800001000010000", "--send-apdu", "00200080")
}

func keyFor(t *testing.T, token card.Token, p card.Purpose) card.Key {
	t.Helper()
	keys, err := token.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Purpose == p {
			return k
		}
	}
	t.Fatalf("no key for %v", p)
	return card.Key{}
}

// Another program gets at the card within a second while the PIN is asked for,
// and finds no PIN state after the signature.
func TestOtherProgramsMeanwhile(t *testing.T) {
	events := watch(t)
	p := newCard(t, virtual.RSA2048, "", applet.Options{})
	p.insert(t, desk)
	token, err := opener().Open(t.Context(), next(t, events, card.Inserted))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = token.Close()
		desk.Remove()
		next(t, events, card.Removed)
	}()
	d := sha256.Sum256(nil)
	for _, purpose := range []card.Purpose{card.Authentication, card.ContentCommitment} {
		k := keyFor(t, token, purpose)
		src := card.PINFunc(func(context.Context, card.PINPrompt) (*card.PIN, error) {
			start := time.Now()
			if out := state(t); !strings.Contains(out, "SW1=0x63, SW2=0xC3") {
				t.Errorf("while asked: %s", out)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("another program waits %v for the card", took)
			}
			return secret(thePIN), nil
		})
		if _, err := token.Sign(t.Context(), k, d[:], crypto.SHA256, src); err != nil {
			t.Fatal(err)
		}
		if out := state(t); !strings.Contains(out, "SW1=0x63, SW2=0xC3") {
			t.Errorf("after signing: %s", out)
		}
	}
}

// The card is pulled at every single command of reading and signing.
func TestPulledAtEveryCommand(t *testing.T) {
	events := watch(t)
	for n := 1; ; n++ {
		if n > 100 {
			t.Fatal("there is no end to the commands")
		}
		p := newCard(t, virtual.P256, fmt.Sprintf("at %d pull", n), applet.Options{})
		p.insert(t, desk)
		ev := next(t, events, card.Inserted)
		asked := 0
		err := signOn(t.Context(), ev, &asked)
		tally := p.player.Tally()
		if bad := tally.Refused + tally.Unanswered; bad > 1 || asked > 1 {
			t.Errorf("command %d: asked %d times, PIN commands %+v", n, asked, tally)
		}
		if tally.Unanswered == 1 != errors.Is(err, card.ErrPINUnknown) {
			t.Errorf("command %d: PIN commands %+v, %v", n, tally, err)
		}
		// A card pulled at the very last command, which drops its PIN, has signed.
		whole := p.player.Commands() < n
		if err == nil && p.player.Commands() > n || err != nil && (whole || !gone(err)) {
			t.Errorf("command %d of %d: %v", n, p.player.Commands(), err)
		}
		desk.Remove()
		next(t, events, card.Removed)
		if whole {
			return
		}
	}
}

// gone tells whether an error says that the card was taken out, or that it does
// not answer: pcscd may need half a second to notice.
func gone(err error) bool { return errors.Is(err, card.ErrRemoved) || errors.Is(err, card.ErrMute) }

func signOn(ctx context.Context, ev card.Event, asked *int) error {
	token, err := opener().Open(ctx, ev)
	if err != nil {
		return err
	}
	defer token.Close()
	keys, err := token.Keys(ctx)
	if err != nil {
		return err
	}
	d := sha256.Sum256(nil)
	_, err = token.Sign(ctx, keys[0], d[:], crypto.SHA256, card.PINFunc(func(context.Context, card.PINPrompt) (*card.PIN, error) {
		*asked++
		return secret(thePIN), nil
	}))
	return err
}
