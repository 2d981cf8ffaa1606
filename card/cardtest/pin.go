package cardtest

import (
	"context"
	"crypto"
	"errors"
	"strings"
	"testing"

	"lanyard/card"
)

func testWrongPIN(t *testing.T, s *suite) {
	who := types(s.wrong())
	err := s.sign(t, who)
	s.wantRefused(t, err, s.Tries-1)
	who.wantAsked(t, 1)
	s.wantTally(t, Tally{Refused: 1})
	if s.h.has(Locking) {
		s.wantTries(t, s.Tries-1)
	}
	s.wantDropped(t)
	if err := s.sign(t, types(s.PIN)); err != nil {
		t.Fatalf("right PIN after a wrong one: %v", err)
	}
	s.wantTries(t, s.Tries)
}

func testLastTry(t *testing.T, s *suite) {
	for left := s.Tries - 1; left >= 0; left-- {
		who := types(s.wrong())
		err := s.sign(t, who)
		s.wantRefused(t, err, left)
		if s.h.has(Counting) && who.prompts[0].Last != (left == 0) {
			t.Errorf("prompt with %d tries: %+v", left+1, who.prompts[0])
		}
		if blocked := errors.Is(err, card.ErrPINBlocked); s.h.has(Exact) && blocked != (left == 0) {
			t.Errorf("with %d tries left the error is blocked: %v", left, blocked)
		}
	}
	who := types(s.PIN)
	if err := s.sign(t, who); !errors.Is(err, card.ErrPINBlocked) {
		t.Errorf("right PIN on a locked card: %v", err)
	}
	if s.h.has(Counting) {
		who.wantAsked(t, 0)
		s.wantTally(t, Tally{Refused: s.Tries})
	}
	s.wantTries(t, 0)
	s.wantDropped(t)
}

func testForm(t *testing.T, s *suite) {
	for _, text := range []string{"", "123", strings.Repeat("7", 9), strings.Repeat("7", 300), "1234 67", "12345\x00"} {
		who := types(text)
		if err := s.sign(t, who); !errors.Is(err, card.ErrPINFormat) {
			t.Errorf("PIN of %d characters: %v", len(text), err)
		}
		who.wantAsked(t, 1)
	}
	if err := s.sign(t, card.PINFunc(func(context.Context, card.PINPrompt) (*card.PIN, error) { return nil, nil })); !errors.Is(err, card.ErrPINFormat) {
		t.Errorf("no PIN at all: %v", err)
	}
	s.wantTally(t, Tally{})
	s.wantTries(t, s.Tries)
}

func testCancel(t *testing.T, s *suite) {
	who := &person{answer: func(context.Context) (string, error) { return "", card.ErrCancelled }}
	if err := s.sign(t, who); !errors.Is(err, card.ErrCancelled) {
		t.Errorf("closed prompt: %v", err)
	}
	who.wantAsked(t, 1)
	s.wantTally(t, Tally{})
	s.wantTries(t, s.Tries)
	if err := s.sign(t, types(s.PIN)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// testContext: a PIN that comes after its context ended is not sent.
func testContext(t *testing.T, s *suite) {
	k := s.key(t, card.Authentication)
	why := errors.New("nobody waits any more")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	who := &person{answer: func(ctx context.Context) (string, error) {
		cancel(why)
		<-ctx.Done()
		return s.PIN, nil
	}}
	_, err := s.Token.Sign(ctx, k, digest(crypto.SHA256, ""), crypto.SHA256, who)
	if !errors.Is(err, why) && !errors.Is(err, context.Canceled) {
		t.Errorf("context ended while asking: %v", err)
	}
	who.wantAsked(t, 1)
	s.wantTally(t, Tally{})
	s.wantTries(t, s.Tries)
	s.wantDropped(t)
}

func testContextBefore(t *testing.T, s *suite) {
	k := s.key(t, card.Authentication)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	who := types(s.PIN)
	if _, err := s.Token.Sign(ctx, k, digest(crypto.SHA256, ""), crypto.SHA256, who); !errors.Is(err, context.Canceled) {
		t.Errorf("signing: %v", err)
	}
	who.wantAsked(t, 0)
	if _, err := s.Token.Keys(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("reading keys: %v", err)
	}
	s.wantTally(t, Tally{})
}

// testFree: while a person thinks, the card serves others.
func testFree(t *testing.T, s *suite) {
	k := s.key(t, card.Authentication)
	inner := types(s.PIN)
	outer := &person{answer: func(context.Context) (string, error) {
		if _, err := s.Token.Keys(t.Context()); err != nil {
			t.Errorf("reading keys: %v", err)
		}
		s.wantTries(t, s.Tries)
		if err := s.signWith(t, k, crypto.SHA256, inner); err != nil {
			t.Errorf("another signature: %v", err)
		}
		return s.PIN, nil
	}}
	if err := s.signWith(t, k, crypto.SHA256, outer); err != nil {
		t.Fatal(err)
	}
	inner.wantAsked(t, 1)
	outer.wantAsked(t, 1)
	s.wantTally(t, Tally{Accepted: 2})
}
