package session

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"lanyard/broker"
)

func testKey(b byte) []byte { return bytes.Repeat([]byte{b}, KeySize) }

func mustSealer(t testing.TB, k Keys) *sealer {
	t.Helper()
	s, err := newSealer(k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTokenShape(t *testing.T) {
	s := mustSealer(t, Keys{Current: testKey(1)})
	shape := regexp.MustCompile(`^AQIC[A-Za-z0-9]+=@AAJTSQACMDE=#$`)
	seen := map[string]bool{}
	for range 100 {
		text := s.seal([idSize]byte{7}).Reveal()
		if !shape.MatchString(text) || len(text) > broker.MaxTicket || len(text) != tokenSize {
			t.Fatalf("token %q of %d octets", text, len(text))
		}
		if seen[text] {
			t.Fatal("the same token twice")
		}
		seen[text] = true
	}
}

// c66 writes a token the way load balancers' cookies carry it.
var c66 = strings.NewReplacer("+", "-", "/", "_", "=", ".", "@", "*", "#", "*")

func TestTokenSpellings(t *testing.T) {
	s := mustSealer(t, Keys{Current: testKey(1)})
	id := [idSize]byte{1, 2, 3}
	text := s.seal(id).Reveal()
	for name, spelling := range map[string]string{
		"as issued":                text,
		"without its last #":       strings.TrimSuffix(text, "#"),
		"C66":                      c66.Replace(text),
		"C66 without its end":      strings.TrimSuffix(c66.Replace(text), "*"),
		"first and last as a star": strings.NewReplacer("@", "*", "#", "*").Replace(text),
	} {
		if got, err := s.open(spelling); err != nil || got != id {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
}

func TestTokenRefused(t *testing.T) {
	s := mustSealer(t, Keys{Current: testKey(1), Previous: testKey(2)})
	text := s.seal([idSize]byte{1}).Reveal()
	foreign := mustSealer(t, Keys{Current: testKey(3)}).seal([idSize]byte{1}).Reveal()
	for name, bad := range map[string]string{
		"empty":             "",
		"a word":            "AQIC",
		"of the old server": "AQIC5wM2LY4SfcwGut4=@AAJTSQACMDE=#",
		"another site's":    foreign,
		"no site":           text[:len(tokenPrefix)+sealedText],
		"other site":        strings.Replace(text, "MDE", "MDI", 1),
		"a blank behind":    text + " ",
		"two ends":          text + "#",
		"role behind":       text + "&selectedRoleUid=1",
		"lower case":        tokenPrefix + strings.ToLower(text[len(tokenPrefix):]),
		"line end inside":   text[:20] + "\n" + text[21:],
		"pad inside":        text[:20] + "=" + text[21:],
		"long":              tokenPrefix + strings.Repeat("A", 1<<20),
	} {
		if _, err := s.open(bad); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		} else if len(bad) > 20 && strings.Contains(err.Error(), bad[8:20]) {
			t.Errorf("%s: the error shows the token: %v", name, err)
		}
	}
	for i := range text {
		for _, c := range []byte{'A', 'B', '7'} {
			bad := text[:i] + string(c) + text[i+1:]
			if bad == text {
				continue
			}
			if _, err := s.open(bad); !errors.Is(err, ErrUnreadable) {
				t.Fatalf("octet %d changed to %c: %v", i, c, err)
			}
		}
	}
}

func TestKeyRotation(t *testing.T) {
	id := [idSize]byte{9}
	old := mustSealer(t, Keys{Current: testKey(1)}).seal(id).Reveal()
	rotated := mustSealer(t, Keys{Current: testKey(2), Previous: testKey(1)})
	if got, err := rotated.open(old); err != nil || got != id {
		t.Errorf("a token under the previous key: %v", err)
	}
	if _, err := mustSealer(t, Keys{Current: testKey(2)}).open(rotated.seal(id).Reveal()); err != nil {
		t.Errorf("a new token is not under the current key: %v", err)
	}
	if _, err := mustSealer(t, Keys{Current: testKey(3), Previous: testKey(2)}).open(old); !errors.Is(err, ErrUnreadable) {
		t.Errorf("a token under a key that is gone: %v", err)
	}
}

func TestKeysAreHidden(t *testing.T) {
	k := Keys{Current: []byte("secretsecretsecretsecretsecretse")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(verb, k); strings.Contains(s, "secret") || strings.Contains(s, "115") {
			t.Errorf("%s prints %s", verb, s)
		}
	}
	if len(NewKey()) != KeySize || bytes.Equal(NewKey(), NewKey()) {
		t.Error("new keys are not random keys")
	}
}

func FuzzToken(f *testing.F) {
	s := mustSealer(f, Keys{Current: testKey(1)})
	text := s.seal([idSize]byte{1}).Reveal()
	known := map[string]bool{}
	for _, seed := range []string{text, c66.Replace(text), strings.TrimSuffix(text, "#"), "", "AQIC", "AQIC5wM2LY4Sfcw=@AAJTSQACMDE=#"} {
		f.Add(seed)
		known[seed] = true
	}
	f.Fuzz(func(t *testing.T, in string) {
		id, err := s.open(in)
		if err == nil && id != [idSize]byte{1} {
			t.Fatalf("%q opened as %x", in, id)
		}
		if err != nil && !errors.Is(err, ErrUnreadable) {
			t.Fatalf("%q: %v", in, err)
		}
	})
}

func BenchmarkOpenToken(b *testing.B) {
	s := mustSealer(b, Keys{Current: testKey(1)})
	text := s.seal([idSize]byte{1}).Reveal()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.open(text); err != nil {
			b.Fatal(err)
		}
	}
}
