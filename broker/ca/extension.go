package ca

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The standard library marks key usage and basic constraints critical, and
// writes distribution points as URLs only, so these are written here.
var (
	oidKeyUsage         = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidPolicies         = asn1.ObjectIdentifier{2, 5, 29, 32}
	oidCRLPoints        = asn1.ObjectIdentifier{2, 5, 29, 31}
)

// keyUsage writes one of the first two bits of KeyUsage: digitalSignature (0)
// or nonRepudiation (1).
func keyUsage(u x509.KeyUsage) (pkix.Extension, error) {
	bits := asn1.BitString{Bytes: []byte{0x80}, BitLength: 1}
	if u == x509.KeyUsageContentCommitment {
		bits = asn1.BitString{Bytes: []byte{0x40}, BitLength: 2}
	}
	der, err := asn1.Marshal(bits)
	return pkix.Extension{Id: oidKeyUsage, Value: der}, err
}

// notCA writes basic constraints that say nothing, as the national cards do.
func notCA() pkix.Extension {
	return pkix.Extension{Id: oidBasicConstraints, Value: []byte{0x30, 0x00}}
}

// policies writes certificate policies without qualifiers.
func policies(critical bool, oids ...x509.OID) (pkix.Extension, error) {
	var b cryptobyte.Builder
	var fault error
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, oid := range oids {
			content, err := oid.MarshalBinary()
			if err != nil {
				fault = err
				return
			}
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(content) })
			})
		}
	})
	if fault != nil {
		return pkix.Extension{}, fault
	}
	der, err := b.Bytes()
	return pkix.Extension{Id: oidPolicies, Critical: critical, Value: der}, err
}

// crlPoint writes a distribution point by directory name: CN=CRL1 under the
// issuer's own name.
func crlPoint(issuer *x509.Certificate) (pkix.Extension, error) {
	var name pkix.RDNSequence
	if rest, err := asn1.Unmarshal(issuer.RawSubject, &name); err != nil || len(rest) > 0 {
		return pkix.Extension{}, fmt.Errorf("%w: the issuer's name cannot be read", ErrDamaged)
	}
	name = append(name, []pkix.AttributeTypeAndValue{{Type: oidCommonName, Value: "CRL1"}})
	dn, err := asn1.Marshal(name)
	if err != nil {
		return pkix.Extension{}, err
	}
	inner := func(n uint8) cbasn1.Tag { return cbasn1.Tag(n).ContextSpecific().Constructed() }
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // CRLDistributionPoints
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // DistributionPoint
			b.AddASN1(inner(0), func(b *cryptobyte.Builder) { // distributionPoint
				b.AddASN1(inner(0), func(b *cryptobyte.Builder) { // fullName
					b.AddASN1(inner(4), func(b *cryptobyte.Builder) { b.AddBytes(dn) }) // directoryName
				})
			})
		})
	})
	der, err := b.Bytes()
	return pkix.Extension{Id: oidCRLPoints, Value: der}, err
}

// keyID derives a subject key identifier (RFC 7093, method 1).
func keyID(public crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &spki); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	sum := sha256.Sum256(spki.Key.RightAlign())
	return sum[:20], nil
}
