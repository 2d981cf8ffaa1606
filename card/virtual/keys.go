package virtual

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"

	"lanyard/card"
)

// privateKeys are the opened private keys by slot. They live from an accepted
// PIN until the card is locked again.
type privateKeys map[byte]crypto.Signer

// sealKeys seals private keys under the card key.
func sealKeys(cardKey, head []byte, keys privateKeys) ([]byte, error) {
	var plain []byte
	defer func() { clear(plain) }()
	for slot, k := range keys {
		der, err := x509.MarshalPKCS8PrivateKey(k)
		if err != nil {
			return nil, fmt.Errorf("sealing private keys: %w", err)
		}
		var b cryptobyte.Builder
		b.AddUint8(slot)
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(der) })
		one, err := b.Bytes()
		clear(der)
		if err != nil {
			return nil, fmt.Errorf("sealing private keys: %w", err)
		}
		grown := append(make([]byte, 0, len(plain)+len(one)), plain...)
		clear(plain)
		plain = append(grown, one...)
		clear(one)
	}
	return seal(cardKey, plain, head)
}

// openKeys opens what sealKeys sealed and holds it against the certificates.
func openKeys(cardKey []byte, im *image) (keys privateKeys, err error) {
	plain, err := unseal(cardKey, im.vault, im.head)
	if err != nil {
		return nil, isDamaged("private keys cannot be opened")
	}
	defer clear(plain)
	keys = privateKeys{}
	defer func() {
		if err != nil {
			keys.wipe()
		}
	}()
	for s := cryptobyte.String(plain); !s.Empty(); {
		var slot uint8
		var der cryptobyte.String
		if !s.ReadUint8(&slot) || !s.ReadUint16LengthPrefixed(&der) {
			return keys, isDamaged("private keys")
		}
		k, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return keys, isDamaged("a private key cannot be read")
		}
		signer, ok := k.(crypto.Signer)
		if !ok {
			return keys, isDamaged("a private key is of an unknown kind")
		}
		keys[slot] = signer
	}
	return keys, nil
}

// wipe overwrites the keys as far as the standard library lets it: EC keys, and
// what it computed from RSA keys for its own use, go with the garbage.
func (p privateKeys) wipe() {
	for slot, k := range p {
		if k, ok := k.(*rsa.PrivateKey); ok {
			wipeInts(k.D, k.Precomputed.Dp, k.Precomputed.Dq, k.Precomputed.Qinv)
			wipeInts(k.Primes...)
		}
		delete(p, slot)
	}
}

func wipeInts(ints ...*big.Int) {
	for _, n := range ints {
		if n != nil {
			clear(n.Bits())
		}
	}
}

// operate makes the bare private-key operation of a key: for RSA on a padded
// block as long as the modulus, for EC an ASN.1 signature of a digest.
func operate(k crypto.Signer, input []byte) ([]byte, error) {
	switch k := k.(type) {
	case *rsa.PrivateKey:
		return operateRSA(k, input)
	case *ecdsa.PrivateKey:
		sig, err := ecdsa.SignASN1(rand.Reader, k, input)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", card.ErrMechanism, err)
		}
		return sig, nil
	default:
		return nil, fmt.Errorf("%w: key of kind %T", card.ErrMechanism, k)
	}
}

// operateRSA leaves a PKCS#1 v1.5 block to the standard library, which works in
// constant time. Any other block (PSS made by the caller, a decryption) is
// computed here, blinded by a random factor so that time tells nothing.
func operateRSA(k *rsa.PrivateKey, block []byte) ([]byte, error) {
	if len(block) != k.Size() {
		return nil, fmt.Errorf("%w: block of %d octets for a key of %d", card.ErrMechanism, len(block), k.Size())
	}
	if content, ok := unpad(block); ok {
		sig, err := rsa.SignPKCS1v15(rand.Reader, k, 0, content)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", card.ErrMechanism, err)
		}
		return sig, nil
	}
	m, e := new(big.Int).SetBytes(block), big.NewInt(int64(k.E))
	if m.Cmp(k.N) >= 0 {
		return nil, fmt.Errorf("%w: block is not smaller than the modulus", card.ErrMechanism)
	}
	r, inverse, err := blinding(k.N)
	if err != nil {
		return nil, err
	}
	c := new(big.Int).Exp(r, e, k.N)
	c.Mul(c, m).Mod(c, k.N)
	c.Exp(c, k.D, k.N)
	c.Mul(c, inverse).Mod(c, k.N)
	if new(big.Int).Exp(c, e, k.N).Cmp(m) != 0 {
		return nil, errors.New("private-key operation went wrong")
	}
	return c.FillBytes(make([]byte, k.Size())), nil
}

func blinding(n *big.Int) (r, inverse *big.Int, err error) {
	for {
		r, err = rand.Int(rand.Reader, n)
		if err != nil {
			return nil, nil, fmt.Errorf("blinding: %w", err)
		}
		if inverse = new(big.Int).ModInverse(r, n); inverse != nil {
			return r, inverse, nil
		}
	}
}

// unpad returns the content of a signature block of PKCS#1 v1.5:
// 00 01 FF.. 00 content, with at least eight FF.
func unpad(block []byte) ([]byte, bool) {
	if len(block) < 11 || block[0] != 0 || block[1] != 1 {
		return nil, false
	}
	end := bytes.IndexByte(block[2:], 0)
	if end < 8 || len(bytes.TrimLeft(block[2:2+end], "\xff")) != 0 {
		return nil, false
	}
	return block[2+end+1:], true
}
