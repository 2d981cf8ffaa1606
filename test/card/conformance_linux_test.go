package card_test

import (
	"bytes"
	"context"
	"testing"

	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
)

// TestConformance: a PIV card at a real pcscd is a card like every other. One
// algorithm is enough here: each insertion takes pcscd half a second, and piv's
// own tests run the suite over all.
func TestConformance(t *testing.T) {
	events := watch(t)
	cardtest.Run(t, cardtest.Harness{New: func(t *testing.T) *cardtest.Subject {
		return subject(t, events, virtual.RSA2048)
	}})
}

func subject(t *testing.T, events <-chan card.Event, alg virtual.Algorithm) *cardtest.Subject {
	t.Helper()
	p := newCard(t, alg, "", applet.Options{})
	p.insert(t, desk)
	ev := next(t, events, card.Inserted)
	t.Cleanup(func() {
		desk.Remove()
		next(t, events, card.Removed)
	})
	token, err := opener().Open(t.Context(), ev)
	if err != nil {
		t.Fatal(err)
	}
	return &cardtest.Subject{
		Token: token, PIN: thePIN, PUK: thePUK, Tries: tries,
		Remove:   desk.Remove,
		Tally:    func() cardtest.Tally { return cardtest.Tally(p.player.Tally()) },
		Verified: func() bool { return p.verified(t) },
		ChangeBehind: func(new string) error {
			other, err := virtual.Open(context.Background(), p.path, deviceKey{1})
			if err != nil {
				return err
			}
			defer func() { _ = other.Close() }()
			return other.ChangePIN(context.Background(), secret(thePIN), secret(new))
		},
	}
}

// verified asks the card itself, behind the reader's back.
func (p *plastic) verified(t *testing.T) bool {
	t.Helper()
	answer, err := p.chip.Transmit(context.Background(), []byte{0x00, 0x20, 0x00, 0x80})
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(answer, []byte{0x90, 0x00})
}
