package pkcs11

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"lanyard/card"
)

// The mechanisms used: those that every module has, and that leave the digest
// to the caller.
const (
	ckmRSAPKCS = 0x0001
	ckmECDSA   = 0x1041
)

// input makes what C_Sign gets of a digest: for RSA the DigestInfo, which the
// module pads, for EC the digest itself.
func input(pub crypto.PublicKey, digest []byte, o crypto.SignerOpts) (mechanism uint, data []byte, err error) {
	if o == nil {
		return 0, nil, fmt.Errorf("%w: no digest is named", card.ErrMechanism)
	}
	info, err := card.DigestInfo(o.HashFunc(), digest)
	if err != nil {
		return 0, nil, err
	}
	switch pub.(type) {
	case *rsa.PublicKey:
		if _, pss := o.(*rsa.PSSOptions); pss {
			return 0, nil, fmt.Errorf("%w: PSS", card.ErrMechanism)
		}
		return ckmRSAPKCS, info, nil
	case *ecdsa.PublicKey:
		return ckmECDSA, digest, nil
	default:
		return 0, nil, fmt.Errorf("%w: key of kind %T", card.ErrMechanism, pub)
	}
}

// output makes a signature of what C_Sign gave, and checks it: a module that
// signed with another card's key is found out here.
func output(pub crypto.PublicKey, raw, digest []byte, h crypto.Hash) ([]byte, error) {
	switch pub := pub.(type) {
	case *rsa.PublicKey:
		if err := rsa.VerifyPKCS1v15(pub, h, digest, raw); err != nil {
			return nil, fmt.Errorf("%w: the signature is not of the card's key: %w", card.ErrDamaged, err)
		}
		return raw, nil
	case *ecdsa.PublicKey:
		sig, err := joined(raw)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", card.ErrDamaged, err)
		}
		if !ecdsa.VerifyASN1(pub, digest, sig) {
			return nil, fmt.Errorf("%w: the signature is not of the card's key", card.ErrDamaged)
		}
		return sig, nil
	default:
		return nil, fmt.Errorf("%w: key of kind %T", card.ErrMechanism, pub)
	}
}

// joined makes an ASN.1 signature of the two numbers a module gives, which have
// half of the octets each.
func joined(raw []byte) ([]byte, error) {
	n := len(raw) / 2
	if n == 0 || len(raw)%2 != 0 {
		return nil, errors.New("ECDSA signature of an odd length")
	}
	return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:n]), new(big.Int).SetBytes(raw[n:])})
}
