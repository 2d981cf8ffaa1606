package trust

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha1" // old cards; policy decides
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"errors"
	"fmt"
)

// errSignature: the signature is not this key's.
var errSignature = errors.New("signature does not match the issuer's key")

// Limits of RSA keys, in bits: below the first nothing passes whatever the
// policy, below the second only what policy lets pass, and above the third a
// check costs a caller more than a certificate is worth.
const (
	rsaFloor   = 1024
	rsaStrong  = 2048
	rsaCeiling = 8192
)

type scheme struct {
	hash crypto.Hash
	pss  bool
	ec   bool
}

func schemeOf(a x509.SignatureAlgorithm) (scheme, bool) {
	switch a {
	case x509.SHA1WithRSA:
		return scheme{hash: crypto.SHA1}, true
	case x509.SHA256WithRSA:
		return scheme{hash: crypto.SHA256}, true
	case x509.SHA384WithRSA:
		return scheme{hash: crypto.SHA384}, true
	case x509.SHA512WithRSA:
		return scheme{hash: crypto.SHA512}, true
	case x509.SHA256WithRSAPSS:
		return scheme{hash: crypto.SHA256, pss: true}, true
	case x509.SHA384WithRSAPSS:
		return scheme{hash: crypto.SHA384, pss: true}, true
	case x509.SHA512WithRSAPSS:
		return scheme{hash: crypto.SHA512, pss: true}, true
	case x509.ECDSAWithSHA1:
		return scheme{hash: crypto.SHA1, ec: true}, true
	case x509.ECDSAWithSHA256:
		return scheme{hash: crypto.SHA256, ec: true}, true
	case x509.ECDSAWithSHA384:
		return scheme{hash: crypto.SHA384, ec: true}, true
	case x509.ECDSAWithSHA512:
		return scheme{hash: crypto.SHA512, ec: true}, true
	default:
		return scheme{}, false
	}
}

// checkSignature checks a signature of a CA, SHA-1 and RSA 1024 included:
// whether these count is for policy to say, after it is known that the
// signature is true. What no policy lets pass is [ErrWeak] here.
func checkSignature(public any, a x509.SignatureAlgorithm, signed, signature []byte) error {
	s, ok := schemeOf(a)
	if !ok {
		return fmt.Errorf("%w: signature algorithm %s", ErrWeak, a)
	}
	h := s.hash.New()
	h.Write(signed)
	digest := h.Sum(nil)
	switch k := public.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < rsaFloor || n > rsaCeiling {
			return fmt.Errorf("%w: issuer's RSA key of %d bits", ErrWeak, n)
		}
		switch {
		case s.ec:
			return errSignature
		case s.pss && rsa.VerifyPSS(k, s.hash, digest, signature, nil) != nil,
			!s.pss && rsa.VerifyPKCS1v15(k, s.hash, digest, signature) != nil:
			return errSignature
		}
		return nil
	case *ecdsa.PublicKey:
		if !s.ec || !ecdsa.VerifyASN1(k, digest, signature) {
			return errSignature
		}
		return nil
	default:
		return fmt.Errorf("%w: issuer's key of type %T", ErrWeak, public)
	}
}

// weakSignature names a weak signature algorithm, or returns nothing.
func weakSignature(a x509.SignatureAlgorithm) string {
	if s, ok := schemeOf(a); ok && s.hash == crypto.SHA1 {
		return "SHA-1"
	}
	return ""
}

// weakKey names a weak key, or returns nothing. A key that no policy lets pass
// is [ErrWeak].
func weakKey(public any) (string, error) {
	switch k := public.(type) {
	case *rsa.PublicKey:
		n := k.N.BitLen()
		if n < rsaFloor || n > rsaCeiling {
			return "", fmt.Errorf("%w: RSA key of %d bits", ErrWeak, n)
		}
		if n < rsaStrong {
			return fmt.Sprintf("RSA %d", n), nil
		}
		return "", nil
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P224() {
			return "", fmt.Errorf("%w: elliptic curve P-224", ErrWeak)
		}
		return "", nil
	default:
		return "", fmt.Errorf("%w: key of type %T", ErrWeak, public)
	}
}
