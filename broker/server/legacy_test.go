package server_test

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/broker/ca"
	"lanyard/broker/server"
)

// TestSHA1ByPolicy: old cards sign over SHA-1, and a site may take it.
func TestSHA1ByPolicy(t *testing.T) {
	r := start(t, func(c *server.Config) { c.Trust.Policy.AllowSHA1 = true })
	c := r.issue(grace, func(q *ca.Request) { q.Public = rsaKey().Public() })
	c.key = rsaKey()
	active := r.activate()
	if got := active.get(t, "signature_digests"); got != "sha256,sha1" {
		t.Errorf("signature_digests %q", got)
	}
	if p := r.post("/login/authvalidate", c.answerTo(t, active, crypto.SHA1)); p.status != http.StatusOK {
		t.Errorf("SHA-1 where policy takes it: %d %s", p.status, p.body)
	}
	if log := r.log.String(); !strings.Contains(log, "level=WARN msg=\"policy lets weak algorithms pass\"") || !strings.Contains(log, "signed over SHA-1") {
		t.Errorf("the log does not tell of it:\n%s", log)
	}
}

// TestAnswersOfOthers: CMS that other programs write, with and without signed
// attributes, in every dress.
func TestAnswersOfOthers(t *testing.T) {
	r := start(t)
	c := r.issue(grace, func(q *ca.Request) { q.Public = rsaKey().Public() })
	dir := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"cert.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.cert.Raw}),
		"key.pem":  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	openssl := func(challenge []byte, args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), "openssl", append([]string{
			"cms", "-sign", "-binary", "-nodetach", "-signer", filepath.Join(dir, "cert.pem"), "-inkey", filepath.Join(dir, "key.pem"), "-outform", "DER",
		}, args...)...)
		cmd.Stdin = strings.NewReader(string(challenge))
		der, err := cmd.Output()
		if err != nil {
			t.Fatalf("openssl %v: %v", args, err)
		}
		return der
	}
	mime := "MIME-Version: 1.0\nContent-Disposition: attachment; filename=\"smime.p7m\"\n" +
		"Content-Type: application/x-pkcs7-mime; name=\"smime.p7m\"\nContent-Transfer-Encoding: base64\n\n"
	indent := func(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }
	b64 := base64.StdEncoding.EncodeToString
	for name, dress := range map[string]struct {
		args []string
		wrap func(der []byte) string
	}{
		"no signed attributes": {[]string{"-noattr", "-md", "sha256"}, func(der []byte) string { return b64([]byte(mime + b64(der))) }},
		"signed attributes":    {[]string{"-md", "sha256"}, func(der []byte) string { return b64([]byte(mime + b64(der))) }},
		"SHA-512":              {[]string{"-noattr", "-md", "sha512"}, func(der []byte) string { return b64([]byte(mime + b64(der))) }},
		"indented headers":     {[]string{"-noattr", "-md", "sha256"}, func(der []byte) string { return b64([]byte(indent(mime) + b64(der))) }},
		"bare":                 {[]string{"-noattr", "-md", "sha256"}, b64},
	} {
		active := r.activate()
		challenge, err := base64.StdEncoding.DecodeString(active.get(t, "challenge"))
		if err != nil {
			t.Fatal(err)
		}
		o := c.envelope(t, active, nil).Set("response", dress.wrap(openssl(challenge, dress.args...)))
		if p := r.post("/login/authvalidate", o); p.status != http.StatusOK {
			t.Errorf("%s: %d %s\n%s", name, p.status, p.body, r.log)
		}
	}
}
