package contract_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"
)

// oldCard is a card of an authority that a test made, for a site that trusts it.
type oldCard func(change func(*x509.Certificate)) signer

// newOldCards starts a site that trusts an authority of old cards, too. Weak
// cards are taken where that is set.
func newOldCards(t *testing.T, weak bool) (*desk, oldCard) {
	t.Helper()
	s := newSite(t)
	s.old = weak
	root, rootKey := oldAuthority(t)
	s.writePEM("ca.crt", "CERTIFICATE", s.ca.Issuer().Raw, root.Raw)
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	check(t, err)
	if !weak {
		key = rsaKey(t)
	}
	return s.desk(), func(change func(*x509.Certificate)) signer {
		tmpl := &x509.Certificate{
			SerialNumber: big.NewInt(0x5731c19c), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			Subject: people(string(grace)), KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
		}
		change(tmpl)
		cert, err := x509.CreateCertificate(rand.Reader, tmpl, root, key.Public(), rootKey)
		check(t, err)
		return signer{cert: cert, key: key}
	}
}

// TestRefusedCards: what is wrong with a card, by itself each. The phrase is
// the one that a client searches for.
func TestRefusedCards(t *testing.T) {
	d, issue := newOldCards(t, false)
	for code, change := range map[string]func(*x509.Certificate){
		"":             func(*x509.Certificate) {},
		"CERT-DATES":   func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) },
		"CERT-USAGE":   func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment },
		"USER-UNKNOWN": func(c *x509.Certificate) { c.Subject = people("900000000025") },
	} {
		p := d.answer(issue(change), crypto.SHA256, d.activate(), indentedMIME)
		if code != "" {
			refusedLogin(t, p, http.StatusForbidden, code, "Failed To Validate")
		} else if p.status != http.StatusOK {
			t.Errorf("a card with nothing wrong: %d %s", p.status, p.body)
		}
	}
	_, stranger := newOldCards(t, false)
	w := stranger(func(*x509.Certificate) {})
	refusedLogin(t, d.answer(w, crypto.SHA256, d.activate(), indentedMIME), http.StatusForbidden, "CERT-UNTRUSTED", "Failed To Validate")
}

// TestOldCards: a key of 1024 bits in a certificate over SHA-1, and a signature
// over it, where policy takes both.
func TestOldCards(t *testing.T) {
	d, issue := newOldCards(t, true)
	w := issue(func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA })
	if p := d.answer(w, crypto.SHA1, d.activate(), indentedMIME); p.status != http.StatusOK {
		t.Errorf("where policy takes them: %d %s", p.status, p.body)
	}
	d, issue = newOldCards(t, false)
	w = issue(func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA })
	refusedLogin(t, d.answer(w, crypto.SHA256, d.activate(), indentedMIME), http.StatusForbidden, "SIG-DIGEST", "Failed To Validate")
}

// TestRefusedAnswers: what is wrong with an answer.
func TestRefusedAnswers(t *testing.T) {
	d, s := newDesk(t, false)
	w := s.signer()
	active := d.activate()
	other := d.activate()

	mixed := active
	mixed.body = strings.Replace(mixed.body, value(mixed.body, "signature"), value(other.body, "signature"), 1)
	refusedLogin(t, d.answer(w, crypto.SHA256, mixed, indentedMIME), http.StatusForbidden, "CHALLENGE-STALE", "Failed To Validate")

	thief := signer{cert: w.cert, key: rsaKey(t)}
	refusedLogin(t, d.answer(thief, crypto.SHA256, active, indentedMIME), http.StatusForbidden, "SIG-WRONG", "Failed To Validate")

	octets, err := base64.StdEncoding.DecodeString(value(other.body, "challenge"))
	check(t, err)
	elsewhere := func([]byte) string { return indentedMIME(w.cms(t, octets, crypto.SHA256)) }
	refusedLogin(t, d.answer(w, crypto.SHA256, active, elsewhere), http.StatusForbidden, "SIG-WRONG", "Failed To Validate")

	for what, dress := range map[string]func(cms []byte) string{
		"nothing":    func([]byte) string { return "" },
		"no base64":  func([]byte) string { return "%%%" },
		"cut off":    func(cms []byte) string { return b64(cms[:len(cms)-9]) },
		"no CMS":     func([]byte) string { return b64([]byte(mimeLines + b64([]byte("48 octets")))) },
		"an element": func(cms []byte) string { return b64(cms[:300]) + "<b></b>" },
	} {
		t.Log(what)
		refusedLogin(t, d.answer(w, crypto.SHA256, active, dress), http.StatusBadRequest, "REQ-UNREADABLE", "Invalid input request")
	}
	// None of these used the challenge up.
	if p := d.answer(w, crypto.SHA256, active, indentedMIME); p.status != http.StatusOK {
		t.Errorf("the right answer after wrong ones: %d %s", p.status, p.body)
	}
	refusedLogin(t, d.answer(w, crypto.SHA256, active, indentedMIME), http.StatusForbidden, "CHALLENGE-STALE", "Failed To Validate")
}
