package cardtest

import (
	"crypto"
	"errors"
	"sync"
	"testing"

	"lanyard/card"
)

func testKeys(t *testing.T, s *suite) {
	id, label := s.Token.ID(), s.Token.Label()
	if id == "" || label == "" {
		t.Errorf("ID %q, label %q", id, label)
	}
	keys, err := s.Token.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	refs := map[string]bool{}
	for _, k := range keys {
		if k.Cert == nil || k.Public() == nil {
			t.Errorf("key %q has no certificate", k.Ref)
			continue
		}
		if k.Ref == "" || refs[k.Ref] {
			t.Errorf("key name %q is empty or twice there", k.Ref)
		}
		refs[k.Ref] = true
		if got := card.PurposeOf(k.Cert); got != k.Purpose {
			t.Errorf("key %q is for %v, its certificate says %v", k.Ref, k.Purpose, got)
		}
	}
	s.key(t, card.Authentication)
	if s.h.has(Commitment) {
		k := s.key(t, card.ContentCommitment)
		if s.h.has(EachTime) != (k.Policy == card.PINAlways) {
			t.Errorf("policy of the content-commitment key: %v", k.Policy)
		}
	}
	if s.Token.ID() != id {
		t.Error("ID changed")
	}
	s.wantTally(t, Tally{})
}

func testSign(t *testing.T, s *suite) {
	purposes := []card.Purpose{card.Authentication}
	if s.h.has(Commitment) {
		purposes = append(purposes, card.ContentCommitment)
	}
	hashes := []crypto.Hash{crypto.SHA256}
	if s.h.has(SHA1) {
		hashes = append(hashes, crypto.SHA1)
	}
	n := 0
	for _, p := range purposes {
		k := s.key(t, p)
		for _, h := range hashes {
			who := types(s.PIN)
			if err := s.signWith(t, k, h, who); err != nil {
				t.Fatalf("%v, %v: %v", p, h, err)
			}
			n++
			who.wantAsked(t, 1)
			s.wantTally(t, Tally{Accepted: n})
			s.wantDropped(t)
			s.wantPrompt(t, who.prompts[0], p, s.Tries)
		}
	}
	s.wantTries(t, s.Tries)
}

func (s *suite) wantPrompt(t *testing.T, got card.PINPrompt, p card.Purpose, tries int) {
	t.Helper()
	want := card.PINPrompt{Token: s.Token.ID(), Label: s.Token.Label(), Purpose: p, Retries: tries, Last: tries == 1, Count: 1}
	if !s.h.has(Counting) {
		want.Retries, want.Last = got.Retries, got.Last
	}
	if got != want {
		t.Errorf("prompt %+v, want %+v", got, want)
	}
}

func testMechanism(t *testing.T, s *suite) {
	k := s.key(t, card.Authentication)
	who := types(s.PIN)
	_, err := s.Token.Sign(t.Context(), k, []byte("short"), crypto.SHA256, who)
	if !errors.Is(err, card.ErrMechanism) {
		t.Errorf("digest of the wrong size: %v", err)
	}
	other := card.Key{Ref: "no such key", Purpose: card.Authentication, Cert: k.Cert}
	if _, err := s.Token.Sign(t.Context(), other, digest(crypto.SHA256, ""), crypto.SHA256, who); !errors.Is(err, card.ErrNoKey) {
		t.Errorf("key of another name: %v", err)
	}
	who.wantAsked(t, 0)
	s.wantTally(t, Tally{})
}

func testState(t *testing.T, s *suite) {
	if s.Verified() {
		t.Fatal("PIN state is up on a fresh card")
	}
	if err := s.sign(t, types(s.PIN)); err != nil {
		t.Fatal(err)
	}
	s.wantDropped(t)
	if err := s.sign(t, types(s.wrong())); err == nil {
		t.Fatal("wrong PIN was taken")
	}
	s.wantDropped(t)
	if err := s.sign(t, types(s.PIN)); err != nil {
		t.Fatalf("after a wrong PIN: %v", err)
	}
	s.wantDropped(t)
}

func testClosed(t *testing.T, s *suite) {
	k := s.key(t, card.Authentication)
	for range 2 {
		if err := s.Token.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	}
	who := types(s.PIN)
	if _, err := s.Token.Sign(t.Context(), k, digest(crypto.SHA256, ""), crypto.SHA256, who); err == nil {
		t.Error("a closed token signs")
	}
	if _, err := s.Token.Keys(t.Context()); err == nil {
		t.Error("a closed token reads keys")
	}
	who.wantAsked(t, 0)
	if s.Token.ID() == "" {
		t.Error("a closed token has no ID")
	}
	s.wantTally(t, Tally{})
}

func testConcurrent(t *testing.T, s *suite) {
	const workers, each = 4, 3
	k := s.key(t, card.Authentication)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				who := types(s.PIN)
				if err := s.signWith(t, k, crypto.SHA256, who); err != nil {
					t.Errorf("signing: %v", err)
					return
				}
				who.wantAsked(t, 1)
				if _, err := s.Token.Keys(t.Context()); err != nil {
					t.Errorf("reading keys: %v", err)
				}
			}
		})
	}
	wg.Wait()
	s.wantTally(t, Tally{Accepted: workers * each})
	s.wantTries(t, s.Tries)
	s.wantDropped(t)
}
