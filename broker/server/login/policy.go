package login

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"fmt"
	"time"
)

// The sizes of RSA keys that are worked with at all, in bits: a smaller one
// proves nothing, and the time a verification takes grows with the square.
const (
	minRSA = 1024
	maxRSA = 8192
)

// Policy is what a site lets pass in the answer to a challenge; what it lets
// pass in certificates is the verifier's to know.
type Policy struct {
	SHA1    bool // signatures of old cards over SHA-1
	RSA1024 bool // keys of old cards
}

// Times is what clients are told about their sessions.
type Times struct{ Idle, Max time.Duration }

// digests names what the policy takes, for the activate answer.
func (p Policy) digests() string {
	if p.SHA1 {
		return "sha256,sha1"
	}
	return "sha256"
}

// checkDigest tells whether the policy takes a signature over a digest.
func (p Policy) checkDigest(h crypto.Hash) error {
	switch {
	case h == crypto.SHA256, h == crypto.SHA384, h == crypto.SHA512:
		return nil
	case h == crypto.SHA1 && p.SHA1:
		return nil
	default:
		return fmt.Errorf("policy takes no signature over %v", h)
	}
}

// checkKey tells whether the policy takes a key.
func (p Policy) checkKey(key crypto.PublicKey) error {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < 2048 && !p.RSA1024 {
			return fmt.Errorf("policy takes no RSA key of %d bits", n)
		}
		return nil
	case *ecdsa.PublicKey:
		return nil
	default:
		return fmt.Errorf("policy takes no key of kind %T", key)
	}
}

// bearable tells whether a key is of a size to be worked with at all.
func bearable(key crypto.PublicKey) error {
	k, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil
	}
	if n := k.N.BitLen(); n < minRSA || n > maxRSA {
		return fmt.Errorf("RSA key of %d bits, and %d to %d are worked with", n, minRSA, maxRSA)
	}
	return nil
}
