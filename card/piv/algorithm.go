package piv

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"

	"lanyard/card"
)

// Algorithm identifiers (SP 800-78-5 table 9; RSA 4096 as YubiKeys have it).
const (
	algRSA3072 = 0x05
	algRSA1024 = 0x06
	algRSA2048 = 0x07
	algP256    = 0x11
	algP384    = 0x14
	algRSA4096 = 0x16
)

// newOperation makes of digests what the card is to sign.
func newOperation(k card.Key, digests [][]byte, o crypto.SignerOpts) (*operation, error) {
	s, err := slotOf(k.Ref)
	if err != nil {
		return nil, err
	}
	if k.Cert == nil {
		return nil, fmt.Errorf("%w: key %s", card.ErrNoCert, k.Ref)
	}
	if _, ok := o.(*rsa.PSSOptions); ok {
		return nil, fmt.Errorf("%w: PSS padding", card.ErrMechanism)
	}
	op := &operation{slot: s, purpose: k.Purpose, inputs: make([][]byte, len(digests))}
	var prepare func(digest []byte) ([]byte, error)
	switch pub := k.Public().(type) {
	case *rsa.PublicKey:
		op.alg = map[int]byte{128: algRSA1024, 256: algRSA2048, 384: algRSA3072, 512: algRSA4096}[pub.Size()]
		prepare = func(d []byte) ([]byte, error) { return card.SignatureBlock(pub.Size(), o.HashFunc(), d) }
	case *ecdsa.PublicKey:
		op.alg = map[elliptic.Curve]byte{elliptic.P256(): algP256, elliptic.P384(): algP384}[pub.Curve]
		prepare = func(d []byte) ([]byte, error) { return scalar(pub, o.HashFunc(), d) }
	}
	if op.alg == 0 {
		return nil, fmt.Errorf("%w: no PIV card has a key of the kind in certificate %s", card.ErrMechanism, k.Ref)
	}
	for i, d := range digests {
		if op.inputs[i], err = prepare(d); err != nil {
			return nil, err
		}
	}
	return op, nil
}

// scalar brings a digest to the curve's size: its left end, or zeros before it.
func scalar(pub *ecdsa.PublicKey, h crypto.Hash, digest []byte) ([]byte, error) {
	if _, err := card.DigestInfo(h, digest); err != nil {
		return nil, err // not a digest of a kind that is signed
	}
	size := (pub.Curve.Params().BitSize + 7) / 8
	input := make([]byte, max(size, len(digest)))
	copy(input[len(input)-len(digest):], digest)
	return input[:size], nil
}
