package pkcs11

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/virtual/applet/applettest"
)

// softHSM is where Debian has the key store in software.
const softHSM = "/usr/lib/softhsm/libsofthsm2.so"

const storeLabel = "Dr Amara Osei"

// store is a SoftHSM token with the two keys of a card.
type store struct{ dir string }

// newStore makes one, with the tools a person would use.
func newStore(t *testing.T, kind applettest.Kind) *store {
	t.Helper()
	s := &store{t.TempDir()}
	s.configure(t)
	s.tool(t, "softhsm2-util", "--init-token", "--free", "--label", storeLabel, "--so-pin", applettest.PUK, "--pin", applettest.PIN)
	ca := cardtest.NewIssuer(t)
	for id, purpose := range map[string]card.Purpose{"01": card.Authentication, "02": card.ContentCommitment} {
		k, err := kind()
		must(t, err)
		key, err := x509.MarshalPKCS8PrivateKey(k)
		must(t, err)
		s.write(t, key, "privkey", id, purpose)
		s.write(t, ca.Issue(purpose, applettest.UID, k.Public()).Raw, "cert", id, purpose)
	}
	return s
}

func (s *store) write(t *testing.T, der []byte, kind, id string, p card.Purpose) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "object.der")
	must(t, os.WriteFile(file, der, 0o600))
	args := []string{"--module", softHSM, "--login", "--pin", applettest.PIN, "--token-label", storeLabel, "--write-object", file, "--type", kind, "--id", id}
	if kind == "privkey" && p == card.ContentCommitment {
		args = append(args, "--always-auth")
	}
	s.tool(t, "pkcs11-tool", args...)
}

func (s *store) tool(t *testing.T, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Env = append(os.Environ(), s.env())
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func (s *store) env() string { return "SOFTHSM2_CONF=" + filepath.Join(s.dir, "softhsm2.conf") }

func (s *store) configure(t *testing.T) {
	t.Helper()
	tokens := filepath.Join(s.dir, "tokens")
	must(t, os.MkdirAll(tokens, 0o700))
	must(t, os.WriteFile(filepath.Join(s.dir, "softhsm2.conf"), fmt.Appendf(nil, "directories.tokendir = %s\n", tokens), 0o600))
}

// copy is a store of its own with the same content.
func (s *store) copy(t *testing.T) *store {
	t.Helper()
	c := &store{t.TempDir()}
	must(t, os.CopyFS(filepath.Join(c.dir, "tokens"), os.DirFS(filepath.Join(s.dir, "tokens"))))
	c.configure(t)
	return c
}

func (s *store) open(t *testing.T) card.Token {
	t.Helper()
	o := newOpener(t, Config{Module: softHSM, Env: []string{s.env()}})
	tok, err := o.OpenToken(t.Context(), Match{Label: storeLabel})
	must(t, err)
	return tok
}

func TestOpenTokenMatches(t *testing.T) {
	o := newOpener(t, Config{Module: softHSM, Env: []string{newStore(t, keys["P-256"]).env()}})
	for _, m := range []Match{{Label: "Dr Someone Else"}, {Serial: "0"}, {Reader: "no reader"}} {
		if _, err := o.OpenToken(t.Context(), m); !errors.Is(err, card.ErrUnsupported) {
			t.Errorf("%+v: %v", m, err)
		}
	}
}
