package cardtest

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"testing"

	"lanyard/card"
)

// batch signs n digests and returns how many were signed; after is called with
// each signature that holds.
func (s *suite) batch(ctx context.Context, t *testing.T, p card.Purpose, n int, src card.PINSource, after func(i int) error) (int, error) {
	t.Helper()
	k := s.key(t, p)
	var digests [][]byte
	for i := range n {
		digests = append(digests, digest(crypto.SHA256, fmt.Sprint(i)))
	}
	b, ok := s.Token.(card.BatchSigner)
	if !ok {
		t.Fatal("no card.BatchSigner")
	}
	signed := 0
	err := b.SignBatch(ctx, k, digests, crypto.SHA256, src, func(i int, sig []byte) error {
		if i != signed {
			t.Errorf("signature %d came as number %d", i, signed)
		}
		signed++
		if err := check(k, crypto.SHA256, digests[i], sig); err != nil {
			t.Errorf("signature %d: %v", i, err)
		}
		return after(i)
	})
	return signed, err
}

func proceed(int) error { return nil }

func testBatch(t *testing.T, s *suite) {
	const n = 4
	who := types(s.PIN)
	signed, err := s.batch(t.Context(), t, card.Authentication, n, who, proceed)
	if err != nil || signed != n {
		t.Fatalf("%d signed, %v", signed, err)
	}
	who.wantAsked(t, 1)
	if c := who.prompts[0].Count; c != n {
		t.Errorf("the prompt tells of %d signatures, want %d", c, n)
	}
	s.wantTally(t, Tally{Accepted: 1})
	s.wantDropped(t)
	if !s.h.has(Commitment) {
		return
	}
	who = types(s.PIN)
	signed, err = s.batch(t.Context(), t, card.ContentCommitment, n, who, proceed)
	if err != nil || signed != n {
		t.Fatalf("%d signed, %v", signed, err)
	}
	who.wantAsked(t, 1)
	accepted := 2
	if s.h.has(EachTime) {
		accepted = 1 + n
	}
	s.wantTally(t, Tally{Accepted: accepted})
	s.wantDropped(t)
	empty := types(s.PIN)
	if signed, err := s.batch(t.Context(), t, card.Authentication, 0, empty, proceed); err != nil || signed != 0 {
		t.Errorf("empty batch: %d signed, %v", signed, err)
	}
	empty.wantAsked(t, 0)
}

// testBatchRefused: a PIN refused in the middle is not sent again.
func testBatchRefused(t *testing.T, s *suite) {
	who := types(s.PIN)
	signed, err := s.batch(t.Context(), t, card.ContentCommitment, 4, who, func(i int) error {
		if i == 1 {
			return s.ChangeBehind(s.wrong())
		}
		return nil
	})
	s.wantRefused(t, err, s.Tries-1)
	if signed != 2 {
		t.Errorf("%d signed, want 2", signed)
	}
	who.wantAsked(t, 1)
	s.wantTally(t, Tally{Accepted: 2, Refused: 1})
	s.wantTries(t, s.Tries-1)
	s.wantDropped(t)
}

// testBatchEnded: an error from done, or the end of the context, ends a batch.
func testBatchEnded(t *testing.T, s *suite) {
	full := errors.New("journal is full")
	who := types(s.PIN)
	signed, err := s.batch(t.Context(), t, card.Authentication, 4, who, func(i int) error {
		if i == 1 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || signed != 2 {
		t.Errorf("error from done: %d signed, %v", signed, err)
	}
	who.wantAsked(t, 1)
	s.wantDropped(t)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	who = types(s.PIN)
	signed, err = s.batch(ctx, t, card.Authentication, 4, who, func(int) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || signed != 1 {
		t.Errorf("context ended: %d signed, %v", signed, err)
	}
	who.wantAsked(t, 1)
	s.wantTally(t, Tally{Accepted: 2})
	s.wantDropped(t)
	if err := s.sign(t, types(s.PIN)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
