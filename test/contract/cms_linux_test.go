package contract_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// tlv is one element of DER.
func tlv(tag byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	switch n := len(body); {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, body...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, body...)
	default:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, body...)
	}
}

func object(t *testing.T, arcs ...int) []byte {
	t.Helper()
	der, err := asn1.Marshal(asn1.ObjectIdentifier(arcs))
	check(t, err)
	return der
}

// cms is the SignedData that old clients put together by hand: no signed
// attributes, the certificate in its own octets.
func (w signer) cms(t *testing.T, content []byte, h crypto.Hash) []byte {
	t.Helper()
	sum := h.New()
	sum.Write(content)
	signature, err := rsa.SignPKCS1v15(rand.Reader, w.key, h, sum.Sum(nil))
	check(t, err)
	var whole, tbs, version, serial, algorithm, issuer asn1.RawValue
	_, err = asn1.Unmarshal(w.cert, &whole)
	check(t, err)
	_, err = asn1.Unmarshal(whole.Bytes, &tbs)
	check(t, err)
	rest := tbs.Bytes
	for _, at := range []*asn1.RawValue{&version, &serial, &algorithm, &issuer} {
		rest, err = asn1.Unmarshal(rest, at)
		check(t, err)
	}
	digest := object(t, 1, 3, 14, 3, 2, 26)
	if h == crypto.SHA256 {
		digest = object(t, 2, 16, 840, 1, 101, 3, 4, 2, 1)
	}
	null, one := []byte{5, 0}, []byte{2, 1, 1}
	digest = tlv(0x30, digest, null)
	info := tlv(0x30, one, tlv(0x30, issuer.FullBytes, serial.FullBytes), digest,
		tlv(0x30, object(t, 1, 2, 840, 113549, 1, 1, 1), null), tlv(4, signature))
	data := tlv(0x30, object(t, 1, 2, 840, 113549, 1, 7, 1), tlv(0xa0, tlv(4, content)))
	return tlv(0x30, object(t, 1, 2, 840, 113549, 1, 7, 2),
		tlv(0xa0, tlv(0x30, one, tlv(0x31, digest), data, tlv(0xa0, w.cert), tlv(0x31, info))))
}

var b64 = base64.StdEncoding.EncodeToString

const mimeLines = "MIME-Version: 1.0\nContent-Disposition: attachment; filename=\"smime.p7m\"\n" +
	"Content-Type: application/x-pkcs7-mime; name=\"smime.p7m\"\nContent-Transfer-Encoding: base64\n\n"

// indentedMIME is the dress of the client whose program text is indented: all
// lines but the first, the blank one too.
func indentedMIME(cms []byte) string {
	return b64([]byte(strings.ReplaceAll(mimeLines, "\n", "\n        ") + b64(cms)))
}

func fold(s, end string) string {
	var b strings.Builder
	for part := range slices.Chunk([]byte(s), 64) {
		b.Write(part)
		b.WriteString(end)
	}
	return b.String()
}

// TestDresses: the ways clients write the parameter response.
func TestDresses(t *testing.T) {
	d, s := newDesk(t, false)
	w := s.signer()
	for name, dress := range map[string]func([]byte) string{
		"indented MIME lines": indentedMIME,
		"MIME lines":          func(cms []byte) string { return b64([]byte(mimeLines + fold(b64(cms), "\n"))) },
		"MIME lines with CRLF": func(cms []byte) string {
			return b64([]byte(strings.ReplaceAll(mimeLines, "\n", "\r\n") + fold(b64(cms), "\r\n")))
		},
		"MIME lines with CR": func(cms []byte) string {
			return b64([]byte(strings.ReplaceAll(mimeLines, "\n", "\r") + fold(b64(cms), "\r")))
		},
		"bare":                       func(cms []byte) string { return b64(cms) },
		"base64 of base64":           func(cms []byte) string { return b64([]byte(fold(b64(cms), "\n"))) },
		"folded with CRLF":           func(cms []byte) string { return fold(b64([]byte(mimeLines+b64(cms))), "\r\n") },
		"folded, line ends escaped":  func(cms []byte) string { return fold(b64(cms), "&#13;\n") },
		"folded and indented":        func(cms []byte) string { return "\n" + fold(b64(cms), "\n            ") },
		"MIME lines in plain text":   func(cms []byte) string { return mimeLines + fold(b64(cms), "\n") },
		"a CDATA section around it":  func(cms []byte) string { return "<![CDATA[" + b64(cms) + "]]>" },
		"without the padding of '='": func(cms []byte) string { return strings.TrimRight(b64(cms), "=") },
	} {
		p := d.answer(w, crypto.SHA256, d.activate(), dress)
		if p.status != http.StatusOK || value(p.body, "sso_ticket") == "" {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
}

// TestAnswersOfOpenSSL: what another program makes of a challenge.
func TestAnswersOfOpenSSL(t *testing.T) {
	d, s := newDesk(t, false)
	for _, args := range []string{
		"cms -sign -noattr -md sha256 -outform DER", "cms -sign -md sha256 -outform DER", "cms -sign -md sha512 -outform DER",
		"cms -sign -noattr -md sha256 -stream -outform DER", "cms -sign -keyid -md sha256 -outform DER",
		"cms -sign -noattr -md sha256 -outform SMIME", "smime -sign -noattr -md sha256 -outform SMIME", "smime -sign -md sha384 -stream -outform SMIME",
		"cms -sign -noattr -md sha256 -outform DER -certfile " + s.path("ca.crt"),
	} {
		active := d.activate()
		challenge, err := base64.StdEncoding.DecodeString(value(active.body, "challenge"))
		check(t, err)
		s.write("challenge", challenge)
		args := append(strings.Fields(args), "-binary", "-nodetach", "-signer", s.path("card.crt"), "-inkey", s.path("card.key"), "-in", s.path("challenge"))
		made, err := exec.CommandContext(t.Context(), "openssl", args...).Output()
		check(t, err)
		p := d.answer(s.signer(), crypto.SHA256, active, func([]byte) string { return b64(made) })
		if p.status != http.StatusOK || value(p.body, "sso_ticket") == "" {
			t.Errorf("openssl %s: %d %s", args, p.status, p.body)
		}
	}
}

// TestUntaggedCMS: an old client writes plain SETs, where [0] is due, and one
// leaves them so.
func TestUntaggedCMS(t *testing.T) {
	d, s := newDesk(t, false)
	w := s.signer()
	p := d.answer(w, crypto.SHA256, d.activate(), func(cms []byte) string {
		at := bytes.Index(cms, w.cert)
		cms[at-4] = 0x31 // [0] of the certificates, with a length of two octets
		return indentedMIME(cms)
	})
	if p.status != http.StatusOK {
		t.Errorf("certificates in a SET: %d %s", p.status, p.body)
	}
}

// TestSHA1ByPolicy: a client that knows SHA-1 only, where policy takes it and
// where it does not.
func TestSHA1ByPolicy(t *testing.T) {
	d, s := newDesk(t, true)
	active := d.activate()
	if got := value(active.body, "signature_digests"); got != "sha256,sha1" {
		t.Errorf("digests %q", got)
	}
	if p := d.answer(s.signer(), crypto.SHA1, active, indentedMIME); p.status != http.StatusOK {
		t.Errorf("SHA-1 where policy takes it: %d %s", p.status, p.body)
	}
	d, s = newDesk(t, false)
	active = d.activate()
	if got := value(active.body, "signature_digests"); got != "sha256" {
		t.Errorf("digests %q", got)
	}
	refusedLogin(t, d.answer(s.signer(), crypto.SHA1, active, indentedMIME), http.StatusForbidden, "SIG-DIGEST", "Failed To Validate")
}

// TestTrueWrittenAs01: a client decodes the certificate and encodes it again,
// with TRUE as 01. Its card has critical extensions.
func TestTrueWrittenAs01(t *testing.T) {
	d, issue := newOldCards(t, false)
	w := issue(func(*x509.Certificate) {})
	cert := w.cert
	if p := d.answer(w, crypto.SHA256, d.activate(), indentedMIME); p.status != http.StatusOK {
		t.Fatalf("as it was issued: %d %s", p.status, p.body)
	}
	w.cert = bytes.ReplaceAll(cert, []byte{0x55, 0x1d, 0x0f, 1, 1, 0xff}, []byte{0x55, 0x1d, 0x0f, 1, 1, 1})
	w.cert = bytes.ReplaceAll(w.cert, []byte{0x55, 0x1d, 0x13, 1, 1, 0xff}, []byte{0x55, 0x1d, 0x13, 1, 1, 1})
	if bytes.Equal(w.cert, cert) {
		t.Fatal("the certificate has no critical extension")
	}
	if p := d.answer(w, crypto.SHA256, d.activate(), indentedMIME); p.status != http.StatusOK {
		t.Errorf("TRUE as 01: %d %s", p.status, p.body)
	}
	w.cert = bytes.Clone(cert)
	w.cert[len(w.cert)-1] ^= 1 // in the authority's signature
	refusedLogin(t, d.answer(w, crypto.SHA256, d.activate(), indentedMIME), http.StatusForbidden, "CERT-UNTRUSTED", "Failed To Validate")
}

// oldAuthority makes the authority of an old card.
func oldAuthority(t *testing.T) (*x509.Certificate, *rsa.PrivateKey) {
	t.Helper()
	key := rsaKey(t)
	name := people("SubCA02")
	name.OrganizationalUnit = []string{"CA"}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: name, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	check(t, err)
	root, err := x509.ParseCertificate(der)
	check(t, err)
	return root, key
}

func people(cn string) pkix.Name {
	return pkix.Name{Organization: []string{"nhs"}, OrganizationalUnit: []string{"people"}, CommonName: cn}
}
