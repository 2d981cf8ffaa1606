package answer

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	tags "golang.org/x/crypto/cryptobyte/asn1"

	"lanyard/broker"
)

// Build has a card sign a challenge and returns the SignedData in DER, as old
// agents write it: version 1, the content and the one certificate inside, no
// signed attributes. sign gets the hash of the challenge; for RSA it makes a
// PKCS #1 v1.5 signature over its DigestInfo, for ECDSA one in ASN.1.
//
// It refuses anything that does not have the size of a challenge: signed
// attributes are longer, so nothing else can be had signed through it. The
// signature is verified before it leaves: a card that signed with another key
// is noticed here, as ErrSignature.
func Build(ctx context.Context, challenge []byte, cert *x509.Certificate, h crypto.Hash,
	sign func(ctx context.Context, digest []byte) ([]byte, error),
) ([]byte, error) {
	if len(challenge) != broker.ChallengeSize {
		return nil, fmt.Errorf("challenge has %d octets and must have %d", len(challenge), broker.ChallengeSize)
	}
	ids, s, signatureID, err := identify(cert, h)
	if err != nil {
		return nil, err
	}
	digest := sum(h, challenge)
	signature, err := sign(ctx, digest)
	if err != nil {
		return nil, fmt.Errorf("sign the challenge: %w", err)
	}
	if err := check(cert, s, h, digest, signature); err != nil {
		return nil, fmt.Errorf("what the card signed: %w", err)
	}
	var b cryptobyte.Builder
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, oidSignedData)
		b.AddASN1(tags.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
			b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
				addSignedData(b, challenge, cert, ids, func(b *cryptobyte.Builder) {
					addAlgorithm(b, signatureID, s == schemeRSA)
					b.AddASN1OctetString(signature)
				})
			})
		})
	})
	return b.Bytes()
}

// identify names the algorithms that belong to a key and a hash.
func identify(cert *x509.Certificate, h crypto.Hash) (digestID, scheme, oid, error) {
	for _, known := range digests() {
		if known.hash != h {
			continue
		}
		switch cert.PublicKey.(type) {
		case *rsa.PublicKey:
			return known, schemeRSA, oidRSA, nil
		case *ecdsa.PublicKey:
			return known, schemeECDSA, known.ecdsa, nil
		}
	}
	return digestID{}, 0, "", fmt.Errorf("%w: %v with a key of type %T", ErrUnsupported, h, cert.PublicKey)
}

func addSignedData(b *cryptobyte.Builder, challenge []byte, cert *x509.Certificate, d digestID, signature cryptobyte.BuilderContinuation) {
	b.AddASN1Int64(1)
	b.AddASN1(tags.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, d.name, true) })
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, oidData)
		b.AddASN1(tags.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
			b.AddASN1OctetString(challenge)
		})
	})
	b.AddASN1(tags.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(cert.Raw) })
	b.AddASN1(tags.SET, func(b *cryptobyte.Builder) {
		b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(cert.RawIssuer)
				b.AddASN1BigInt(cert.SerialNumber)
			})
			addAlgorithm(b, d.name, true)
			signature(b)
		})
	})
}

func addOID(b *cryptobyte.Builder, id oid) {
	b.AddASN1(tags.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes([]byte(id)) })
}

func addAlgorithm(b *cryptobyte.Builder, id oid, null bool) {
	b.AddASN1(tags.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, id)
		if null {
			b.AddASN1NULL()
		}
	})
}
