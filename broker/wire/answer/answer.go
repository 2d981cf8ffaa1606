package answer

import (
	"crypto"
	"crypto/x509"
	"errors"
)

var (
	// ErrUnreadable: not a SignedData with one signature, or not to be decoded.
	ErrUnreadable = errors.New("signed challenge cannot be read")
	// ErrTooLarge: larger than any real answer.
	ErrTooLarge = errors.New("signed challenge is too large")
	// ErrUnsupported: an algorithm or key this package cannot verify with.
	ErrUnsupported = errors.New("algorithm of the signed challenge is not supported")
	// ErrSignature: the signature does not belong to content and certificate.
	ErrSignature = errors.New("signature over the challenge is wrong")
)

// Limits of an answer. A real one has some 2 kB and one certificate.
const (
	MaxSize         = 64 << 10
	MaxCertificates = 8
	maxModulusBits  = 8192 // a larger one only costs time
)

// Answer is a signed challenge as it was read; nothing in it is verified
// until Verify has returned nil.
type Answer struct {
	// Content is what was signed: the challenge octets.
	Content []byte
	// Signer is the certificate named by the one SignerInfo.
	Signer *x509.Certificate
	// SignerAsSent is its encoding in the message. It differs from Signer.Raw
	// where a client wrote TRUE as 01 or did not write DER; Signer is then
	// restored to DER, and its issuer's signature decides whether rightly.
	SignerAsSent []byte
	// Helpers are the other certificates, trusted for nothing.
	Helpers []*x509.Certificate
	// Digest is the hash that was signed.
	Digest crypto.Hash
	// SignedAttributes tells that the signature covers signed attributes,
	// which hold the content's hash, and not the content itself.
	SignedAttributes bool

	attributes []element // the signed attributes
	signature  []byte
	scheme     scheme
}
