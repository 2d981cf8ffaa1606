package cardtest

import (
	"context"
	"crypto"
	"errors"
	"testing"

	"lanyard/card"
)

// wantGone checks that every method says the card was taken out.
func (s *suite) wantGone(t *testing.T, k card.Key) {
	t.Helper()
	ctx := t.Context()
	who := types(s.PIN)
	calls := map[string]func() error{
		"Keys": func() error { _, err := s.Token.Keys(ctx); return err },
		"Sign": func() error {
			_, err := s.Token.Sign(ctx, k, digest(crypto.SHA256, ""), crypto.SHA256, who)
			return err
		},
	}
	if c, ok := s.Token.(card.PINCounter); ok {
		calls["Retries"] = func() error { _, err := c.Retries(ctx); return err }
	}
	if c, ok := s.Token.(card.PINChanger); ok {
		calls["ChangePIN"] = func() error { return c.ChangePIN(ctx, pinOf(s.PIN), pinOf(s.wrong())) }
	}
	if c, ok := s.Token.(card.Unblocker); ok {
		calls["Unblock"] = func() error { return c.Unblock(ctx, pinOf(s.PUK), pinOf(s.wrong())) }
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, card.ErrRemoved) {
			t.Errorf("%s after the card was taken out: %v", name, err)
		}
	}
	who.wantAsked(t, 0)
}

func testRemoval(t *testing.T, s *suite) {
	k := s.key(t, card.Authentication)
	s.Remove()
	s.wantGone(t, k)
	s.wantTally(t, Tally{})
}

func testRemovalAsking(t *testing.T, s *suite) {
	k := s.key(t, card.Authentication)
	who := &person{answer: func(context.Context) (string, error) {
		s.Remove()
		return s.PIN, nil
	}}
	_, err := s.Token.Sign(t.Context(), k, digest(crypto.SHA256, ""), crypto.SHA256, who)
	if !errors.Is(err, card.ErrRemoved) {
		t.Errorf("taken out while asking: %v", err)
	}
	who.wantAsked(t, 1)
	s.wantGone(t, k)
}

func testRemovalBatch(t *testing.T, s *suite) {
	k := s.key(t, card.Authentication)
	who := types(s.PIN)
	signed, err := s.batch(t.Context(), t, card.Authentication, 4, who, func(i int) error {
		if i == 1 {
			s.Remove()
		}
		return nil
	})
	if !errors.Is(err, card.ErrRemoved) || signed != 2 {
		t.Errorf("taken out in a batch: %d signed, %v", signed, err)
	}
	who.wantAsked(t, 1)
	s.wantGone(t, k)
}
