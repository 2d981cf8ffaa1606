package answer_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lanyard/broker/wire/answer"
)

// openssl runs the other implementation of CMS this package is held against.
func openssl(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "openssl", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, stderr.String())
	}
	return out
}

func write(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOpenSSLReadsOurs(t *testing.T) {
	dir := t.TempDir()
	for name, h := range map[string]*holder{"RSA": rsaHolder(t, 2048), "P-256": ecHolder(t, elliptic.P256())} {
		write(t, dir, "ours.der", build(t, h, crypto.SHA256))
		got := openssl(t, dir, "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "ours.der")
		if !bytes.Equal(got, challenge()) {
			t.Errorf("%s: content is %x", name, got)
		}
	}
}

// TestWeReadOpenSSL reads its many dresses: signed attributes, indefinite
// lengths with the content in pieces, key identifiers, helpers.
func TestWeReadOpenSSL(t *testing.T) {
	for name, h := range map[string]*holder{"RSA": rsaHolder(t, 2048), "P-256": ecHolder(t, elliptic.P256())} {
		dir := t.TempDir()
		write(t, dir, "content", challenge())
		write(t, dir, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.cert.Raw}))
		write(t, dir, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.ca.Raw}))
		key := must[[]byte](t)(x509.MarshalPKCS8PrivateKey(h.key))
		write(t, dir, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
		for dress, c := range map[string]struct {
			args       []string
			attributes bool
			helpers    int
		}{
			"no attributes":     {[]string{"-noattr"}, false, 0},
			"signed attributes": {nil, true, 0},
			"pieces":            {[]string{"-stream"}, true, 0},
			"pieces, bare":      {[]string{"-stream", "-noattr"}, false, 0},
			"key identifier":    {[]string{"-keyid", "-noattr"}, false, 0},
			"a helper":          {[]string{"-certfile", "ca.pem"}, true, 1},
			"SHA-512":           {[]string{"-md", "sha512"}, true, 0},
		} {
			args := append([]string{"cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-in", "content", "-signer", "cert.pem", "-inkey", "key.pem"}, c.args...)
			a, err := answer.Parse(openssl(t, dir, args...))
			if err != nil {
				t.Errorf("%s, %s: %v", name, dress, err)
				continue
			}
			if err := a.Verify(); err != nil {
				t.Errorf("%s, %s: %v", name, dress, err)
			}
			if a.SignedAttributes != c.attributes || len(a.Helpers) != c.helpers || !bytes.Equal(a.Content, challenge()) {
				t.Errorf("%s, %s: attributes %v, %d helpers", name, dress, a.SignedAttributes, len(a.Helpers))
			}
		}
	}
}
