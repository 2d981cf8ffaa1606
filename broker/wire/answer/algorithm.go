package answer

import (
	"crypto"
	_ "crypto/sha1"   // the digest of old cards
	_ "crypto/sha256" // ours
	_ "crypto/sha512" // of other agents
	"fmt"
)

// scheme is the kind of signature a SignerInfo names.
type scheme int

const (
	schemeRSA scheme = iota + 1 // PKCS #1 v1.5
	schemeECDSA
)

// oid is an object identifier as its content octets in DER.
type oid string

const (
	pkcs oid = "\x2a\x86\x48\x86\xf7\x0d\x01" // 1.2.840.113549.1
	ansi oid = "\x2a\x86\x48\xce\x3d"         // 1.2.840.10045

	oidData          = pkcs + "\x07\x01"
	oidSignedData    = pkcs + "\x07\x02"
	oidContentType   = pkcs + "\x09\x03"
	oidMessageDigest = pkcs + "\x09\x04"
	oidRSA           = pkcs + "\x01\x01" // rsaEncryption
	oidECKey         = ansi + "\x02\x01" // id-ecPublicKey
)

// digestID names a hash and the signature algorithms that go with it. For RSA,
// rsaEncryption is usual in CMS and the one with the hash is in use too.
type digestID struct {
	hash             crypto.Hash
	name, rsa, ecdsa oid
}

func digests() [4]digestID {
	return [...]digestID{
		{crypto.SHA256, "\x60\x86\x48\x01\x65\x03\x04\x02\x01", pkcs + "\x01\x0b", ansi + "\x04\x03\x02"},
		{crypto.SHA1, "\x2b\x0e\x03\x02\x1a", pkcs + "\x01\x05", ansi + "\x04\x01"},
		{crypto.SHA384, "\x60\x86\x48\x01\x65\x03\x04\x02\x02", pkcs + "\x01\x0c", ansi + "\x04\x03\x03"},
		{crypto.SHA512, "\x60\x86\x48\x01\x65\x03\x04\x02\x03", pkcs + "\x01\x0d", ansi + "\x04\x03\x04"},
	}
}

// is tells whether an element is a certain object identifier.
func (e element) is(id oid) bool { return e.id == tagOID && string(e.body) == string(id) }

// algorithm reads the object identifier of an AlgorithmIdentifier; parameters
// may be NULL or missing, both are in use.
func algorithm(e element) (element, error) {
	parts, err := e.children()
	if err != nil {
		return e, err
	}
	if e.id != tagSequence || len(parts) == 0 || len(parts) > 2 || parts[0].id != tagOID {
		return e, unreadable("an algorithm")
	}
	return parts[0], nil
}

// algorithms reads digest and signature algorithm, which must fit each other.
func algorithms(digest, signature element) (crypto.Hash, scheme, error) {
	d, err := algorithm(digest)
	if err != nil {
		return 0, 0, err
	}
	s, err := algorithm(signature)
	if err != nil {
		return 0, 0, err
	}
	for _, known := range digests() {
		if !d.is(known.name) {
			continue
		}
		switch {
		case s.is(oidRSA), s.is(known.rsa):
			return known.hash, schemeRSA, nil
		case s.is(oidECKey), s.is(known.ecdsa):
			return known.hash, schemeECDSA, nil
		}
	}
	return 0, 0, fmt.Errorf("%w: signature %x with digest %x", ErrUnsupported, s.body, d.body)
}
