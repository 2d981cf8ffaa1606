package answer

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
)

// Verify checks the signature with the signer's key, over the content or over
// signed attributes that hold its hash. It says nothing about the certificate.
func (a *Answer) Verify() error {
	signed := a.Content
	if a.SignedAttributes {
		var err error
		if signed, err = a.checkAttributes(); err != nil {
			return err
		}
	}
	return check(a.Signer, a.scheme, a.Digest, sum(a.Digest, signed), a.signature)
}

func sum(h crypto.Hash, b []byte) []byte {
	d := h.New()
	d.Write(b)
	return d.Sum(nil)
}

func check(cert *x509.Certificate, s scheme, h crypto.Hash, digest, signature []byte) error {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if s != schemeRSA {
			return fmt.Errorf("%w: an ECDSA signature with an RSA key", ErrSignature)
		}
		if key.N.BitLen() > maxModulusBits {
			return fmt.Errorf("%w: an RSA key of %d bits", ErrUnsupported, key.N.BitLen())
		}
		if err := rsa.VerifyPKCS1v15(key, h, digest, signature); err != nil {
			return fmt.Errorf("%w: %w", ErrSignature, err)
		}
		return nil
	case *ecdsa.PublicKey:
		if s != schemeECDSA || !ecdsa.VerifyASN1(key, digest, signature) {
			return fmt.Errorf("%w: with the certificate's ECDSA key", ErrSignature)
		}
		return nil
	default:
		return fmt.Errorf("%w: a key of type %T", ErrUnsupported, key)
	}
}

// checkAttributes holds the signed attributes against the content and returns
// the octets the signature covers: their DER as a SET OF.
func (a *Answer) checkAttributes() ([]byte, error) {
	kind, err := a.attribute(oidContentType)
	if err != nil {
		return nil, err
	}
	if !kind.is(oidData) {
		return nil, fmt.Errorf("%w: signed attributes name another content type", ErrSignature)
	}
	digest, err := a.attribute(oidMessageDigest)
	if err != nil {
		return nil, err
	}
	if digest.id != tagOctetString || !bytes.Equal(digest.body, sum(a.Digest, a.Content)) {
		return nil, fmt.Errorf("%w: signed attributes hold another content's hash", ErrSignature)
	}
	return setOf(a.attributes)
}

// attribute returns the one value of an attribute that must stand once.
func (a *Answer) attribute(want oid) (element, error) {
	var value element
	found := false
	for _, attr := range a.attributes {
		c, err := attr.children()
		if err != nil {
			return value, err
		}
		if len(c) != 2 || c[1].id != tagSet {
			return value, unreadable("a signed attribute")
		}
		if !c[0].is(want) {
			continue
		}
		values, err := c[1].children()
		if err != nil {
			return value, err
		}
		if found || len(values) != 1 {
			return value, fmt.Errorf("%w: signed attribute %x has not one value", ErrSignature, want)
		}
		value, found = values[0], true
	}
	if !found {
		return value, fmt.Errorf("%w: signed attribute %x is missing", ErrSignature, want)
	}
	return value, nil
}
