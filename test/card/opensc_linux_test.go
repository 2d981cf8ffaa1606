package card_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/reader"
)

// opensc and ykcs11 are modules of others through which the card is used.
const (
	opensc = "opensc-pkcs11.so"
	ykcs11 = "libykcs11.so.2"
)

// module finds a PKCS#11 module where distributions put them.
func module(t *testing.T, name string) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/*/", "/usr/lib64/", "/usr/lib/", "/usr/lib/*/pkcs11/", "/usr/lib64/pkcs11/"} {
		if found, _ := filepath.Glob(pattern + name); len(found) > 0 {
			return found[0]
		}
	}
	t.Fatalf("module %s is not installed", name)
	return ""
}

// errorText is how OpenSC's tools tell of a failure, whatever their exit status.
var errorText = regexp.MustCompile(`(?i)error|fail|ERR:|not found|CKR_`)

// works runs a tool that must not report any error.
func works(t *testing.T, r *reader.Reader, name string, args ...string) string {
	t.Helper()
	out, err := tool(t, r, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	if bad := errorText.FindString(strings.ReplaceAll(out, "No errors", "")); bad != "" {
		t.Fatalf("%s %v reports %q:\n%s", name, args, bad, out)
	}
	return out
}

// present waits until programs see a card in a reader that was empty before.
func present(t *testing.T, r *reader.Reader) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		out, err := tool(t, r, "opensc-tool", "--atr")
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no program sees the card: %v\n%s", err, out)
		}
	}
}

func TestOpenSC(t *testing.T) {
	for name, alg := range map[string]virtual.Algorithm{"RSA": virtual.RSA2048, "P-256": virtual.P256} {
		t.Run(name, func(t *testing.T) {
			events := watch(t)
			p := newCard(t, alg, "", applet.Options{})
			p.insert(t, desk)
			next(t, events, card.Inserted)
			defer func() {
				desk.Remove()
				next(t, events, card.Removed)
			}()
			pkcs11 := func(args ...string) string {
				return works(t, desk, "pkcs11-tool", append([]string{"--module", module(t, opensc)}, args...)...)
			}
			serial := p.card.Serial()
			for _, c := range []struct{ out, want string }{
				{works(t, desk, "opensc-tool", "--name"), "Personal Identity Verification Card"},
				{works(t, desk, "opensc-tool", "--serial"), spaced(serial[:])},
				{works(t, desk, "piv-tool", "--name"), "Personal Identity Verification Card"},
				{works(t, desk, "piv-tool", "--serial"), spaced(serial[:])},
				{pkcs11("-L"), uid},
				{pkcs11("-O"), "CN=" + uid},
				{pkcs11("-O", "--login", "--pin", thePIN), "always authenticate"},
				{pkcs11("--login", "--pin", thePIN, "--test"), "No errors"},
			} {
				if !strings.Contains(c.out, c.want) {
					t.Errorf("no %q in:\n%s", c.want, c.out)
				}
			}
			signatures(t, desk, p, module(t, opensc))
		})
	}
}

func spaced(b []byte) string { return card.ATR(b).String() }

// TestYkcs11: Yubico's own module takes the card for one of Yubico's, when the
// reader is called so and the card answers Yubico's instructions.
func TestYkcs11(t *testing.T) {
	r, err := reader.Start(t.Context(), reader.Config{Name: "Yubico YubiKey CCID"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	p := newCard(t, virtual.RSA2048, "", applet.Options{Yubico: true})
	p.insert(t, r)
	present(t, r)
	out := works(t, r, "pkcs11-tool", "--module", module(t, ykcs11), "-O", "--login", "--pin", thePIN)
	if !strings.Contains(out, "Private key for PIV Authentication") || !strings.Contains(out, "CN="+uid) {
		t.Errorf("objects:\n%s", out)
	}
	signatures(t, r, p, module(t, ykcs11))
}

// signatures has a program sign with both keys, and checks what it wrote.
func signatures(t *testing.T, r *reader.Reader, p *plastic, module string) {
	t.Helper()
	dir := t.TempDir()
	text := []byte("text that is signed")
	d1, d256 := sha1.Sum(text), sha256.Sum256(text)
	for _, pair := range p.card.Pairs() {
		for _, c := range mechanisms(pair.Cert, d1[:], d256[:], text) {
			in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
			if err := os.WriteFile(in, c.in, 0o600); err != nil {
				t.Fatal(err)
			}
			id := map[byte]string{0x9A: "01", 0x9C: "02"}[pair.Slot]
			works(t, r, "pkcs11-tool", "--module", module, "--login", "--pin", thePIN, "--id", id,
				"--sign", "--mechanism", c.mechanism, "--input-file", in, "--output-file", out)
			sig, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if err := holds(pair.Cert, c.hash, c.digest, sig); err != "" {
				t.Errorf("slot %02X, %s: %s", pair.Slot, c.mechanism, err)
			}
		}
	}
}

type mechanism struct {
	mechanism  string
	in, digest []byte
	hash       crypto.Hash
}

func mechanisms(c *x509.Certificate, d1, d256, text []byte) []mechanism {
	if _, ok := c.PublicKey.(*ecdsa.PublicKey); ok {
		return []mechanism{{"ECDSA", d256, d256, crypto.SHA256}}
	}
	return []mechanism{{"SHA1-RSA-PKCS", text, d1, crypto.SHA1}, {"SHA256-RSA-PKCS", text, d256, crypto.SHA256}}
}

// holds checks a signature as PKCS#11 writes it; it returns why it does not hold.
func holds(c *x509.Certificate, h crypto.Hash, digest, sig []byte) string {
	switch pub := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if err := rsa.VerifyPKCS1v15(pub, h, digest, sig); err != nil {
			return err.Error()
		}
	case *ecdsa.PublicKey:
		half := len(sig) / 2
		r, s := new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:])
		if !ecdsa.Verify(pub, digest, r, s) {
			return "signature " + hex.EncodeToString(sig) + " does not verify"
		}
	}
	return ""
}
