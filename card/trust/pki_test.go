package trust_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"sync/atomic"
	"testing"
	"time"

	"lanyard/card"
)

// now is the time of all tests.
var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

var serials atomic.Int64

// authority is a CA of a test.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

type change func(*x509.Certificate)

func ecKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func template(unit, cn string, cs ...change) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serials.Add(1)),
		Subject:      pkix.Name{Organization: []string{"nhs"}, OrganizationalUnit: []string{unit}, CommonName: cn},
		NotBefore:    now.AddDate(-1, 0, 0),
		NotAfter:     now.AddDate(1, 0, 0),
	}
	for _, f := range cs {
		f(c)
	}
	return c
}

func sign(t testing.TB, c *x509.Certificate, public crypto.PublicKey, by *x509.Certificate, key crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, by, public, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func caTemplate(cn string, cs ...change) *x509.Certificate {
	return template("CA", cn, append([]change{func(c *x509.Certificate) {
		c.BasicConstraintsValid, c.IsCA, c.MaxPathLen = true, true, -1
		c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}}, cs...)...)
}

// root makes a self-signed authority.
func root(t testing.TB, cn string, key crypto.Signer, cs ...change) *authority {
	t.Helper()
	c := caTemplate(cn, cs...)
	return &authority{sign(t, c, key.Public(), c, key), key}
}

// sub makes an authority below another.
func (a *authority) sub(t testing.TB, cn string, key crypto.Signer, cs ...change) *authority {
	t.Helper()
	return &authority{sign(t, caTemplate(cn, cs...), key.Public(), a.cert, a.key), key}
}

// cross certifies another authority's name and key.
func (a *authority) cross(t testing.TB, o *authority) *x509.Certificate {
	t.Helper()
	return sign(t, caTemplate(o.cert.Subject.CommonName), o.key.Public(), a.cert, a.key)
}

// person makes a card's authentication certificate.
func (a *authority) person(t testing.TB, key crypto.Signer, cs ...change) *x509.Certificate {
	t.Helper()
	oid, _ := card.PolicyOID(card.Authentication)
	c := template("people", "900000000017", append([]change{func(c *x509.Certificate) {
		c.KeyUsage, c.Policies = x509.KeyUsageDigitalSignature, []x509.OID{oid}
	}}, cs...)...)
	return sign(t, c, key.Public(), a.cert, a.key)
}

// crl makes a list issued at a time, good for a week.
func (a *authority) crl(t testing.TB, at time.Time, change func(*x509.RevocationList), revoked ...x509.RevocationListEntry) []byte {
	t.Helper()
	l := &x509.RevocationList{
		Number: big.NewInt(at.Unix()), ThisUpdate: at, NextUpdate: at.AddDate(0, 0, 7),
		RevokedCertificateEntries: revoked,
	}
	if change != nil {
		change(l)
	}
	der, err := x509.CreateRevocationList(rand.Reader, l, a.cert, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func entry(c *x509.Certificate, at time.Time) x509.RevocationListEntry {
	return x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: at, ReasonCode: 1}
}
