package cardtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"lanyard/card"
)

// Issuer is a CA for tests. Its certificates have the form of the national
// cards: subject "O=nhs, OU=people, CN=<uid>", one key usage a key, the policy
// of the purpose (critical for content commitment) and the policy that marks a
// virtual card.
type Issuer struct {
	tb   testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey

	// From and Until are the validity of what is issued next; NewIssuer sets
	// an hour ago and a day ahead.
	From, Until time.Time
}

// NewIssuer makes a CA with a key of its own.
func NewIssuer(tb testing.TB) *Issuer {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatalf("test CA: %v", err)
	}
	now := time.Now()
	i := &Issuer{tb: tb, key: key, From: now.Add(-time.Hour), Until: now.Add(24 * time.Hour)}
	tmpl := &x509.Certificate{
		SerialNumber:          serial(tb),
		Subject:               pkix.Name{Organization: []string{"nhs"}, OrganizationalUnit: []string{"CA"}, CommonName: "Test SubCA"},
		NotBefore:             now.Add(-2 * time.Hour),
		NotAfter:              now.Add(48 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	i.cert = i.create(tmpl, tmpl, key.Public())
	return i
}

// Certificate returns the CA's own certificate.
func (i *Issuer) Certificate() *x509.Certificate { return i.cert }

// Issue certifies a public key for a purpose of the person uid, valid from
// i.From to i.Until.
func (i *Issuer) Issue(purpose card.Purpose, uid string, pub crypto.PublicKey) *x509.Certificate {
	i.tb.Helper()
	tmpl := &x509.Certificate{
		SerialNumber:          serial(i.tb),
		Subject:               pkix.Name{Organization: []string{"nhs"}, OrganizationalUnit: []string{"people"}, CommonName: uid},
		NotBefore:             i.From,
		NotAfter:              i.Until,
		BasicConstraintsValid: true,
		ExtraExtensions:       []pkix.Extension{i.policies(purpose)},
	}
	switch purpose {
	case card.Authentication:
		tmpl.KeyUsage = x509.KeyUsageDigitalSignature
	case card.ContentCommitment:
		tmpl.KeyUsage = x509.KeyUsageContentCommitment
	default:
		tmpl.KeyUsage = x509.KeyUsageKeyEncipherment
	}
	return i.create(tmpl, i.cert, pub)
}

// For returns a function that certifies keys of the person uid, in the form in
// which a new virtual card takes its CA.
func (i *Issuer) For(uid string) func(card.Purpose, crypto.PublicKey) (*x509.Certificate, error) {
	return func(p card.Purpose, pub crypto.PublicKey) (*x509.Certificate, error) {
		return i.Issue(p, uid, pub), nil
	}
}

// CRL signs a revocation list of the certificates given, current until i.Until.
func (i *Issuer) CRL(revoked ...*x509.Certificate) *x509.RevocationList {
	i.tb.Helper()
	tmpl := &x509.RevocationList{Number: big.NewInt(time.Now().UnixNano()), ThisUpdate: i.From, NextUpdate: i.Until}
	for _, c := range revoked {
		tmpl.RevokedCertificateEntries = append(tmpl.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: i.From})
	}
	der, err := x509.CreateRevocationList(rand.Reader, tmpl, i.cert, i.key)
	if err != nil {
		i.tb.Fatalf("test CA: revocation list: %v", err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		i.tb.Fatalf("test CA: revocation list: %v", err)
	}
	return list
}

// policies builds the extension by hand: the standard library cannot mark
// certificate policies critical.
func (i *Issuer) policies(purpose card.Purpose) pkix.Extension {
	type information struct{ ID asn1.RawValue }
	var list []information
	add := func(oid x509.OID) {
		der, err := oid.MarshalBinary()
		if err != nil {
			i.tb.Fatalf("test CA: policy: %v", err)
		}
		list = append(list, information{asn1.RawValue{Tag: asn1.TagOID, Bytes: der}})
	}
	if oid, ok := card.PolicyOID(purpose); ok {
		add(oid)
	}
	add(card.PolicyVirtual())
	der, err := asn1.Marshal(list)
	if err != nil {
		i.tb.Fatalf("test CA: policies: %v", err)
	}
	return pkix.Extension{
		Id:       asn1.ObjectIdentifier{2, 5, 29, 32},
		Critical: purpose == card.ContentCommitment,
		Value:    der,
	}
}

func (i *Issuer) create(tmpl, parent *x509.Certificate, pub crypto.PublicKey) *x509.Certificate {
	i.tb.Helper()
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, pub, i.key)
	if err != nil {
		i.tb.Fatalf("test CA: %v", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		i.tb.Fatalf("test CA: reading back %v: %v", tmpl.Subject, err)
	}
	return cert
}

func serial(tb testing.TB) *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	if err != nil {
		tb.Fatalf("test CA: serial number: %v", err)
	}
	return n.Add(n, big.NewInt(1))
}
