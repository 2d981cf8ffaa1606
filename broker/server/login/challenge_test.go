package login

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
)

func challenges(t *testing.T, key byte, server string) *Challenges {
	t.Helper()
	c, err := NewChallenges(server, bytes.Repeat([]byte{key}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestChallenge(t *testing.T) {
	made := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	own := challenges(t, 1, "https://gas.example.org")
	text, seal := own.Make(made)
	folded := text[:20] + "\r\n  " + text[20:]
	flip := func(s string, i int) string {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		b[i] ^= 1
		return base64.StdEncoding.EncodeToString(b)
	}
	for name, c := range map[string]struct {
		by         *Challenges
		text, seal string
		after      time.Duration
		want       error
	}{
		"at once":             {own, text, seal, 0, nil},
		"folded":              {own, folded, seal, 0, nil},
		"at the last moment":  {own, text, seal, 5 * time.Minute, nil},
		"a moment later":      {own, text, seal, 5*time.Minute + time.Millisecond, errOld},
		"a clock behind":      {own, text, seal, -time.Minute, nil},
		"far behind":          {own, text, seal, -61 * time.Second, errAhead},
		"another key":         {challenges(t, 2, "https://gas.example.org"), text, seal, 0, errForeign},
		"another server":      {challenges(t, 1, "https://other.example.org"), text, seal, 0, errForeign},
		"other octets":        {own, flip(text, 47), seal, 0, errForeign},
		"another date":        {own, flip(text, dateAt), seal, 0, errForeign},
		"another seal":        {own, text, flip(seal, 0), 0, errForeign},
		"half a seal":         {own, text, seal[:20], 0, errForeign},
		"no seal":             {own, text, "", 0, errForeign},
		"not coded":           {own, strings.Repeat("!", 64), seal, 0, errForeign},
		"the seal as the one": {own, seal, seal, 0, errForeign},
	} {
		octets, err := c.by.Open(c.text, c.seal, made.Add(c.after))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if c.want == nil && len(octets) != broker.ChallengeSize {
			t.Errorf("%s: %d octets", name, len(octets))
		}
	}
	if again, _ := own.Make(made); again == text {
		t.Error("two challenges of one moment are the same")
	}
	if _, err := NewChallenges("x", []byte("short")); err == nil {
		t.Error("a short key is taken")
	}
}

// TestChallengeIsText: what is signed has no octet that a text mode changes.
func TestChallengeIsText(t *testing.T) {
	c := challenges(t, 1, "https://gas.example.org")
	for range 100 {
		text, _ := c.Make(time.Now())
		octets, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(octets) != broker.ChallengeSize {
			t.Fatalf("%d octets, %v", len(octets), err)
		}
		if strings.Trim(string(octets), "0123456789abcdef") != "" {
			t.Fatalf("not 48 hexadecimal digits: %q", octets)
		}
	}
}

// TestChallengeOfAnotherKey: while keys are rotated, nodes take each other's.
func TestChallengeOfAnotherKey(t *testing.T) {
	first, second := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	before, err := NewChallenges("https://a", first, second)
	if err != nil {
		t.Fatal(err)
	}
	after, err := NewChallenges("https://a", second, first)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, c := range [...]*Challenges{before, after} {
		challenge, seal := c.Make(now)
		for _, other := range [...]*Challenges{before, after} {
			if _, err := other.Open(challenge, seal, now); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := NewChallenges("https://a", first, []byte("short")); err == nil {
		t.Error("a short key is taken")
	}
}
