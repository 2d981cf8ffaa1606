package card

import (
	"context"
	"crypto"
	"crypto/x509"
)

// Purpose is what a key of a card is for, told by its certificate's key usage
// and policies.
type Purpose int

// The purposes of keys.
const (
	// OtherPurpose: neither of the two below; never used by Lanyard.
	OtherPurpose Purpose = iota
	// Authentication: signs challenges of the Identity Server, nothing else.
	Authentication
	// ContentCommitment: signs what its holder has seen and consented to.
	ContentCommitment
)

// String names the purpose for logs.
func (p Purpose) String() string {
	switch p {
	case Authentication:
		return "authentication"
	case ContentCommitment:
		return "content-commitment"
	default:
		return "other"
	}
}

// PINPolicy is how often a key wants the PIN.
type PINPolicy int

// The policies a card may have for a key.
const (
	// PINOnce: once, until the card's PIN state is dropped.
	PINOnce PINPolicy = iota
	// PINAlways: directly before every signature.
	PINAlways
)

// Key is a key pair of a card whose private half never leaves it.
type Key struct {
	Ref     string  // the token's own name for it: "9A", a CKA_ID in hex
	Purpose Purpose // from the certificate
	Policy  PINPolicy
	Cert    *x509.Certificate // its certificate; Cert.Raw are the card's very octets
}

// Public returns the public half, or nil where there is no certificate.
func (k Key) Public() crypto.PublicKey {
	if k.Cert == nil {
		return nil
	}
	return k.Cert.PublicKey
}

// Token is a card that is open for use. Its methods may be called from several
// goroutines; commands to the card are serialised by the token. No method
// holds the card while a PINSource is asked. After a removal every method
// returns [ErrRemoved].
type Token interface {
	// ID returns the card's identity; it does not touch the card.
	ID() TokenID
	// Label returns what the card or its holder is called, for prompts.
	Label() string
	// Keys returns the keys that have a certificate. No PIN is needed.
	Keys(ctx context.Context) ([]Key, error)
	// Sign signs a digest with PKCS#1 v1.5 for RSA keys (a DigestInfo is put
	// round it by o.HashFunc()) and ASN.1 ECDSA for EC keys. The PIN is asked
	// for late and at most once; it is not asked for when no try is left
	// ([ErrPINBlocked]). The card's PIN state is dropped at the end.
	Sign(ctx context.Context, k Key, digest []byte, o crypto.SignerOpts, pin PINSource) ([]byte, error)
	// Close gives the card back. It is safe to call twice.
	Close() error
}

// BatchSigner is an optional ability of a Token: several digests signed as one
// operation under one consent.
type BatchSigner interface {
	// SignBatch asks for the PIN once and signs digest after digest, calling
	// done with each signature in order. On a key with [PINAlways] the PIN is
	// sent before each signature as long as each was accepted; a refusal, an
	// unknown outcome, an error from done or the end of ctx wipes it and ends
	// the batch. What done was called with stays signed. A PIN that is typed on
	// the reader's keys is asked for anew each time ([Entries]).
	SignBatch(ctx context.Context, k Key, digests [][]byte, o crypto.SignerOpts, pin PINSource, done func(i int, signature []byte) error) error
}

// PINCounter is an optional ability of a Token: exact counts of tries.
type PINCounter interface {
	// Retries returns the PIN tries left without spending one; 0 = locked.
	Retries(ctx context.Context) (int, error)
}

// PINChanger is an optional ability of a Token.
type PINChanger interface {
	// ChangePIN sets a new PIN. A wrong old one is a [*PINError].
	ChangePIN(ctx context.Context, old, new *PIN) error
}

// Unblocker is an optional ability of a Token.
type Unblocker interface {
	// Unblock sets a new PIN by the PUK and resets the tries. A wrong PUK is a
	// [*PUKError]; with none left it is [ErrPUKBlocked].
	Unblock(ctx context.Context, puk, new *PIN) error
}
