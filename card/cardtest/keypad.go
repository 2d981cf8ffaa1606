package cardtest

import (
	"crypto"
	"errors"
	"testing"

	"lanyard/card"
)

// Keys are a reader's own keys, and the test is at them. Each of the first four
// tells what happens when the reader waits next.
type Keys struct {
	Type   func(pin string)
	Leave  func() // nobody types
	Cancel func() // the cancel key
	Pull   func() // the card is taken out

	Waited func() int // how often the reader has waited so far
}

// keyed are the cases of a card in a reader with keys.
func keyed() []testCase[keyedSuite] {
	return []testCase[keyedSuite]{
		{"right", nil, testKeyedRight},
		{"wrong", nil, testKeyedWrong},
		{"nobody types", nil, testKeyedNobody},
		{"cancelled", nil, testKeyedCancel},
		{"taken out while waiting", []Ability{Removal}, testKeyedPull},
		{"locked", []Ability{Locking, Counting}, testKeyedLocked},
		{"batch", []Ability{Batch, Commitment}, testKeyedBatch},
		{"typed here", nil, testKeyedTypedHere},
	}
}

// keyedSuite is one subject in such a reader.
type keyedSuite struct {
	*suite
	keys  *Keys
	begun int
}

func openKeyed(t *testing.T, h Harness) *keyedSuite {
	t.Helper()
	k := new(keyedSuite)
	inner := h
	inner.New = func(t *testing.T) (s *Subject) {
		s, k.keys = h.Keyed(t)
		return s
	}
	k.suite = open(t, inner)
	if pad, ok := k.Token.(card.Keypad); ok {
		if wait, has := pad.Keypad(); has && wait > 0 {
			return k
		}
	}
	t.Fatal("the token tells of no keys")
	return nil
}

// source lets the PIN be typed on the reader. Whenever that begins, the reader
// must have waited once for every time it began before, and not yet for this.
func (s *keyedSuite) source(t *testing.T) card.PINSource {
	return card.OnKeypad(func() {
		if n := s.keys.Waited(); n != s.begun {
			t.Errorf("begun for the %d. time, and the reader has waited %d times", s.begun+1, n)
		}
		s.begun++
	})
}

// wantBegun checks how often it began, and that the reader waited each time.
func (s *keyedSuite) wantBegun(t *testing.T, n int) {
	t.Helper()
	if waited := s.keys.Waited(); s.begun != n || waited != n {
		t.Errorf("begun %d times, and the reader waited %d times; want %d", s.begun, waited, n)
	}
}

func testKeyedRight(t *testing.T, s *keyedSuite) {
	for n := 1; n <= 2; n++ {
		s.keys.Type(s.PIN)
		if err := s.sign(t, s.source(t)); err != nil {
			t.Fatal(err)
		}
		s.wantBegun(t, n)
		s.wantDropped(t)
	}
	s.wantTries(t, s.Tries)
}

func testKeyedWrong(t *testing.T, s *keyedSuite) {
	s.keys.Type(s.wrong())
	s.wantRefused(t, s.sign(t, s.source(t)), s.Tries-1)
	s.wantBegun(t, 1)
	s.wantDropped(t)
	if s.h.has(Locking) {
		s.wantTries(t, s.Tries-1)
	}
	s.keys.Type(s.PIN)
	if err := s.sign(t, s.source(t)); err != nil {
		t.Fatalf("right PIN after a wrong one: %v", err)
	}
	s.wantTries(t, s.Tries)
}

// testKeyedNobody: PKCS#11 has one word for both, so that a time-out may be
// told as the person's own doing.
func testKeyedNobody(t *testing.T, s *keyedSuite) {
	s.keys.Leave()
	err := s.sign(t, s.source(t))
	if !errors.Is(err, card.ErrTimeout) && !errors.Is(err, card.ErrCancelled) || errors.Is(err, card.ErrPINUnknown) {
		t.Errorf("nobody typed: %v", err)
	}
	s.wantNothingSent(t)
}

func testKeyedCancel(t *testing.T, s *keyedSuite) {
	s.keys.Cancel()
	err := s.sign(t, s.source(t))
	if !errors.Is(err, card.ErrCancelled) || errors.Is(err, card.ErrPINUnknown) {
		t.Errorf("cancelled on the reader: %v", err)
	}
	s.wantNothingSent(t)
}

// wantNothingSent checks that an entry came to nothing and cost nothing.
func (s *keyedSuite) wantNothingSent(t *testing.T) {
	t.Helper()
	s.wantBegun(t, 1)
	s.wantTally(t, Tally{})
	s.wantTries(t, s.Tries)
	s.wantDropped(t)
	s.keys.Type(s.PIN)
	if err := s.sign(t, s.source(t)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func testKeyedPull(t *testing.T, s *keyedSuite) {
	k := s.key(t, card.Authentication)
	s.keys.Pull()
	err := s.sign(t, s.source(t))
	if !errors.Is(err, card.ErrPINUnknown) || !errors.Is(err, card.ErrRemoved) {
		t.Errorf("taken out while the reader waited: %v", err)
	}
	s.wantBegun(t, 1)
	s.wantGone(t, k)
}

// testKeyedLocked: with no try left the reader is not told to wait.
func testKeyedLocked(t *testing.T, s *keyedSuite) {
	for left := s.Tries - 1; left >= 0; left-- {
		s.keys.Type(s.wrong())
		s.wantRefused(t, s.sign(t, s.source(t)), left)
	}
	s.keys.Type(s.PIN)
	if err := s.sign(t, s.source(t)); !errors.Is(err, card.ErrPINBlocked) {
		t.Errorf("locked card: %v", err)
	}
	s.wantBegun(t, s.Tries)
}

// testKeyedBatch: nobody keeps a PIN that was typed on the reader, so that a key
// which wants it each time has it typed each time.
func testKeyedBatch(t *testing.T, s *keyedSuite) {
	const n = 3
	for range 2 * n {
		s.keys.Type(s.PIN)
	}
	signed, err := s.batch(t.Context(), t, card.Authentication, n, s.source(t), proceed)
	if err != nil || signed != n {
		t.Fatalf("%d signed, %v", signed, err)
	}
	s.wantBegun(t, 1)
	signed, err = s.batch(t.Context(), t, card.ContentCommitment, n, s.source(t), proceed)
	if err != nil || signed != n {
		t.Fatalf("%d signed, %v", signed, err)
	}
	if least := 2; s.begun < least || s.h.has(EachTime) && s.begun < 1+n {
		t.Errorf("begun %d times for a batch of %d", s.begun-1, n)
	}
	s.wantBegun(t, s.begun)
	s.wantDropped(t)
}

// testKeyedTypedHere: a PIN that is typed in the window is sent as ever.
func testKeyedTypedHere(t *testing.T, s *keyedSuite) {
	who := types(s.PIN)
	if err := s.sign(t, who); err != nil {
		t.Fatal(err)
	}
	who.wantAsked(t, 1)
	s.wantBegun(t, 0)
}

// testNoKeypad: where the reader has no keys, a PIN on them is not waited for.
func testNoKeypad(t *testing.T, s *suite) {
	if pad, ok := s.Token.(card.Keypad); ok {
		if _, has := pad.Keypad(); has {
			t.Fatal("the token tells of keys")
		}
	}
	k := s.key(t, card.Authentication)
	_, err := s.Token.Sign(t.Context(), k, digest(crypto.SHA256, ""), crypto.SHA256, card.OnKeypad(func() {}))
	if !errors.Is(err, card.ErrOnKeypad) {
		t.Errorf("on the keys of a reader without: %v", err)
	}
	s.wantTally(t, Tally{})
	s.wantTries(t, s.Tries)
}
