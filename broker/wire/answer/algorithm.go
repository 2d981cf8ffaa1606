package answer

import (
	"crypto"
	_ "crypto/sha1"   // the digest of old cards
	_ "crypto/sha256" // ours
	_ "crypto/sha512" // of other agents
	"encoding/asn1"
	"fmt"
)

// scheme is the kind of signature a SignerInfo names.
type scheme int

const (
	schemeRSA scheme = iota + 1 // PKCS #1 v1.5
	schemeECDSA
)

type digestID struct {
	hash  crypto.Hash
	oid   asn1.ObjectIdentifier
	ecdsa asn1.ObjectIdentifier // the signature algorithm of ECDSA with it
	rsa   asn1.ObjectIdentifier // some clients name this one, not rsaEncryption
}

func digests() [4]digestID {
	return [...]digestID{
		{crypto.SHA256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}},
		{crypto.SHA1, asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}},
		{crypto.SHA384, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}},
		{crypto.SHA512, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}},
	}
}

// The object identifiers of CMS, in DER.
func oidData() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1} }

func oidSignedData() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2} }

func oidContentType() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3} }

func oidMessageDigest() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
}

func oidRSA() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1} }

func oidECKey() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1} }

// oid reads an element as an object identifier.
func (e element) oid() (asn1.ObjectIdentifier, error) {
	var id asn1.ObjectIdentifier
	if e.id != tagOID {
		return nil, unreadable("no object identifier where one belongs")
	}
	if rest, err := asn1.Unmarshal(e.raw, &id); err != nil || len(rest) > 0 {
		return nil, unreadable("an object identifier")
	}
	return id, nil
}

// algorithm reads the object identifier of an AlgorithmIdentifier; parameters
// may be NULL or missing, both are in use.
func algorithm(e element) (asn1.ObjectIdentifier, error) {
	parts, err := e.children()
	if err != nil {
		return nil, err
	}
	if e.id != tagSequence || len(parts) == 0 || len(parts) > 2 {
		return nil, unreadable("an algorithm")
	}
	return parts[0].oid()
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
		if !known.oid.Equal(d) {
			continue
		}
		switch {
		case s.Equal(oidRSA()), s.Equal(known.rsa):
			return known.hash, schemeRSA, nil
		case s.Equal(known.ecdsa), s.Equal(oidECKey()):
			return known.hash, schemeECDSA, nil
		}
	}
	return 0, 0, fmt.Errorf("%w: signature %v with digest %v", ErrUnsupported, s, d)
}
