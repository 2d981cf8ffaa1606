package ca

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/card"
)

var (
	oidOrganisation = asn1.ObjectIdentifier{2, 5, 4, 10}
	oidUnit         = asn1.ObjectIdentifier{2, 5, 4, 11}
	oidCommonName   = asn1.ObjectIdentifier{2, 5, 4, 3}
)

// maxCN is the longest common name of a card certificate, in octets: tokens
// make labels of 45 of it.
const maxCN = 45

// distinguished writes O=nhs, OU=unit, CN=cn in this order, each a set of its own.
func distinguished(unit, cn string) pkix.Name {
	return pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
		{Type: oidOrganisation, Value: "nhs"},
		{Type: oidUnit, Value: unit},
		{Type: oidCommonName, Value: cn},
	}}
}

// newSerial returns a random positive number of 126 bits with the top one set.
func newSerial() (*big.Int, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 125))
	if err != nil {
		return nil, err
	}
	return n.SetBit(n, 125, 1), nil
}

// newRoot makes the self-signed root.
func newRoot(o Options, key crypto.Signer) (*x509.Certificate, error) {
	cn := o.Name
	if o.Issuing {
		cn += " root"
	}
	t, err := authorityTemplate(o, cn, key.Public())
	if err != nil {
		return nil, err
	}
	t.MaxPathLen, t.MaxPathLenZero = 0, !o.Issuing
	if o.Issuing {
		t.MaxPathLen = 1
	}
	return sign(t, key.Public(), t, key)
}

// newIssuing makes the CA below the root.
func newIssuing(o Options, public crypto.PublicKey, root *x509.Certificate, key crypto.Signer) (*x509.Certificate, error) {
	t, err := authorityTemplate(o, o.Name, public)
	if err != nil {
		return nil, err
	}
	anyPolicy, err := x509.OIDFromInts([]uint64{2, 5, 29, 32, 0})
	if err != nil {
		return nil, err
	}
	t.MaxPathLenZero = true
	t.Policies = []x509.OID{anyPolicy}
	return sign(t, public, root, key)
}

func authorityTemplate(o Options, cn string, public crypto.PublicKey) (*x509.Certificate, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	id, err := keyID(public)
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber:                serial,
		Subject:                     distinguished("CA", cn),
		NotBefore:                   o.NotBefore,
		NotAfter:                    o.NotBefore.Add(o.Validity),
		SubjectKeyId:                id,
		IsCA:                        true,
		BasicConstraintsValid:       true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomains:         o.PermittedHosts,
		PermittedIPRanges:           o.PermittedNets,
		ExcludedIPRanges:            o.excludedNets(),
		PermittedDNSDomainsCritical: len(o.PermittedHosts)+len(o.PermittedNets) > 0,
	}, nil
}

// cardTemplate makes the template of a card's certificate. No extension of an
// authentication certificate is critical: a deployed client re-encodes it with
// TRUE written as 01, which would spoil the signature over it.
func cardTemplate(r Request, issuer *x509.Certificate, from, to time.Time) (*x509.Certificate, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	id, err := keyID(r.Public)
	if err != nil {
		return nil, err
	}
	usage := x509.KeyUsageDigitalSignature
	if r.Purpose == card.ContentCommitment {
		usage = x509.KeyUsageContentCommitment
	}
	ku, err := keyUsage(usage)
	if err != nil {
		return nil, err
	}
	oid, _ := card.PolicyOID(r.Purpose)
	oids := []x509.OID{oid}
	if r.Virtual {
		oids = append(oids, card.PolicyVirtual())
	}
	pol, err := policies(r.Purpose == card.ContentCommitment, oids...)
	if err != nil {
		return nil, err
	}
	crl, err := crlPoint(issuer)
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber:    serial,
		Subject:         distinguished("people", commonName(r)),
		NotBefore:       from,
		NotAfter:        to,
		SubjectKeyId:    id,
		ExtraExtensions: []pkix.Extension{ku, pol, crl, notCA()},
	}, nil
}

// commonName is the uid alone for authentication and "uid_NAME" for content
// commitment. A full stop is left out of the name: with one it would look
// like a host name, to which name constraints apply.
func commonName(r Request) string {
	if r.Purpose == card.Authentication {
		return string(r.UID)
	}
	cn := string(r.UID) + "_" + nameInCN(r.Name)
	for len(cn) > maxCN {
		cut := []rune(cn)
		cn = string(cut[:len(cut)-1])
	}
	return cn
}

func nameInCN(name string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '.' || c < ' ':
			return -1
		case c == ' ':
			return '_'
		default:
			return c
		}
	}, strings.ToUpper(strings.TrimSpace(name)))
}

// hostName names a server certificate.
func hostName(host string) pkix.Name { return distinguished("servers", host) }

// uidOf is the person of a request, checked.
func uidOf(r Request) (broker.UID, error) { return broker.ParseUID(string(r.UID)) }
