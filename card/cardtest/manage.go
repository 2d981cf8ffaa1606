package cardtest

import (
	"errors"
	"testing"

	"lanyard/card"
)

func (s *suite) changer(t *testing.T) card.PINChanger {
	t.Helper()
	c, ok := s.Token.(card.PINChanger)
	if !ok {
		t.Fatal("no card.PINChanger")
	}
	return c
}

func (s *suite) unblocker(t *testing.T) card.Unblocker {
	t.Helper()
	u, ok := s.Token.(card.Unblocker)
	if !ok {
		t.Fatal("no card.Unblocker")
	}
	return u
}

func testChange(t *testing.T, s *suite) {
	c := s.changer(t)
	ctx := t.Context()
	const fresh = "864202"
	for _, bad := range []string{"", "123", "123456789"} {
		if err := c.ChangePIN(ctx, pinOf(s.PIN), pinOf(bad)); !errors.Is(err, card.ErrPINFormat) {
			t.Errorf("new PIN of %d characters: %v", len(bad), err)
		}
		if err := c.ChangePIN(ctx, pinOf(bad), pinOf(fresh)); !errors.Is(err, card.ErrPINFormat) {
			t.Errorf("old PIN of %d characters: %v", len(bad), err)
		}
	}
	s.wantTries(t, s.Tries)
	s.wantRefused(t, c.ChangePIN(ctx, pinOf(s.wrong()), pinOf(fresh)), s.Tries-1)
	if err := c.ChangePIN(ctx, pinOf(s.PIN), pinOf(fresh)); err != nil {
		t.Fatal(err)
	}
	s.wantTries(t, s.Tries)
	s.wantDropped(t)
	if err := s.sign(t, types(fresh)); err != nil {
		t.Errorf("new PIN: %v", err)
	}
	s.wantRefused(t, s.sign(t, types(s.PIN)), s.Tries-1)
}

func testUnblock(t *testing.T, s *suite) {
	u := s.unblocker(t)
	ctx := t.Context()
	const fresh = "864202"
	for range s.Tries {
		_ = s.sign(t, types(s.wrong()))
	}
	if err := s.sign(t, types(s.PIN)); !errors.Is(err, card.ErrPINBlocked) {
		t.Fatalf("card is not locked: %v", err)
	}
	if err := u.Unblock(ctx, pinOf(s.PUK), pinOf("1")); !errors.Is(err, card.ErrPINFormat) {
		t.Errorf("short new PIN: %v", err)
	}
	var refused *card.PUKError
	if err := u.Unblock(ctx, pinOf(wrongOf(s.PUK)), pinOf(fresh)); !errors.As(err, &refused) || refused.Retries != s.Tries-1 {
		t.Errorf("wrong PUK: %v", err)
	}
	s.wantTries(t, 0)
	if err := u.Unblock(ctx, pinOf(s.PUK), pinOf(fresh)); err != nil {
		t.Fatal(err)
	}
	s.wantTries(t, s.Tries)
	s.wantDropped(t)
	if err := s.sign(t, types(fresh)); err != nil {
		t.Errorf("new PIN: %v", err)
	}
}

func testPUKBlocked(t *testing.T, s *suite) {
	u := s.unblocker(t)
	for left := s.Tries - 1; left >= 0; left-- {
		var refused *card.PUKError
		err := u.Unblock(t.Context(), pinOf(wrongOf(s.PUK)), pinOf("864202"))
		if !errors.As(err, &refused) || refused.Retries != left {
			t.Fatalf("wrong PUK: %v, want %d tries left", err, left)
		}
		if errors.Is(err, card.ErrPUKBlocked) != (left == 0) {
			t.Errorf("%d tries left: %v", left, err)
		}
	}
	if err := u.Unblock(t.Context(), pinOf(s.PUK), pinOf("864202")); !errors.Is(err, card.ErrPUKBlocked) {
		t.Errorf("right PUK with no try left: %v", err)
	}
	if err := s.sign(t, types(s.PIN)); err != nil {
		t.Errorf("the PIN is still good: %v", err)
	}
}

func wrongOf(secret string) string {
	b := []byte(secret)
	b[0] = '0' + (b[0]-'0'+1)%10
	return string(b)
}
