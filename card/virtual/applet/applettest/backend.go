// Package applettest holds a card for tests: keys of any kind in plain memory
// behind the applet, without the file and the sealing of a virtual card.
package applettest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"testing"

	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/virtual/applet"
)

// The secrets of a new Backend.
const (
	PIN = "123456"
	PUK = "87654321"
	// Tries of each.
	Tries = 3
)

// UID is the person whom a new Backend's certificates name.
const UID = "555021935107"

// Backend is a card in memory.
type Backend struct {
	mu       sync.Mutex
	guid     [16]byte
	keys     map[applet.Slot]crypto.PrivateKey
	certs    map[applet.Slot][]byte
	pin, puk []byte
	left     int
	leftPUK  int
	open     bool
	accepted int
	refused  int
	broken   error
}

var _ applet.Backend = (*Backend)(nil)

// New returns a card whose two keys are of the kind that kind makes.
func New(tb testing.TB, kind Kind) *Backend {
	tb.Helper()
	b := &Backend{
		keys: make(map[applet.Slot]crypto.PrivateKey), certs: make(map[applet.Slot][]byte),
		pin: []byte(PIN), puk: []byte(PUK), left: Tries, leftPUK: Tries,
	}
	if _, err := rand.Read(b.guid[:]); err != nil {
		tb.Fatal(err)
	}
	issuer := cardtest.NewIssuer(tb)
	for slot, purpose := range map[applet.Slot]card.Purpose{
		applet.SlotAuthentication: card.Authentication, applet.SlotSignature: card.ContentCommitment,
	} {
		key, err := kind()
		if err != nil {
			tb.Fatal(err)
		}
		b.keys[slot] = key
		b.certs[slot] = issuer.Issue(purpose, UID, key.Public()).Raw
	}
	return b
}

// SetCertificate puts other octets in a certificate's place; nil empties the slot.
func (b *Backend) SetCertificate(s applet.Slot, der []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.certs[s] = der
}

// Break makes every PIN, PUK and signature fail with err.
func (b *Backend) Break(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = err
}

// Tried tells how many PINs were accepted and refused so far.
func (b *Backend) Tried() (accepted, refused int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.accepted, b.refused
}

// GUID identifies the card.
func (b *Backend) GUID() [16]byte { return b.guid }

// Certificate returns a slot's certificate.
func (b *Backend) Certificate(s applet.Slot) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.certs[s]
}

// Retries returns the PIN tries left.
func (b *Backend) Retries() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left
}

// PUKRetries returns the PUK tries left.
func (b *Backend) PUKRetries() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.leftPUK
}

// VerifyPIN tries a PIN.
func (b *Backend) VerifyPIN(pin []byte) (bool, int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.verify(pin)
}

func (b *Backend) verify(pin []byte) (bool, int, error) {
	if b.broken != nil {
		return false, 0, b.broken
	}
	b.open = b.left > 0 && bytes.Equal(pin, b.pin)
	if !b.open {
		b.refused++
		b.left = max(b.left-1, 0)
		return false, b.left, nil
	}
	b.accepted++
	b.left = Tries
	return true, b.left, nil
}

// ChangePIN sets a new PIN by the old one.
func (b *Backend) ChangePIN(old, new []byte) (bool, int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(new) < 6 {
		return false, 0, fmt.Errorf("new PIN: %w", card.ErrPINFormat)
	}
	ok, left, err := b.verify(old)
	if ok {
		b.pin = bytes.Clone(new)
	}
	return ok, left, err
}

// Unblock sets a new PIN by the PUK.
func (b *Backend) Unblock(puk, new []byte) (bool, int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.broken != nil:
		return false, 0, b.broken
	case len(new) < 6:
		return false, 0, fmt.Errorf("new PIN: %w", card.ErrPINFormat)
	case b.leftPUK == 0 || !bytes.Equal(puk, b.puk):
		b.leftPUK = max(b.leftPUK-1, 0)
		return false, b.leftPUK, nil
	}
	b.pin = bytes.Clone(new)
	b.left, b.leftPUK = Tries, Tries
	return true, Tries, nil
}

// Lock forgets the PIN.
func (b *Backend) Lock() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = false
}

// Sign makes the private-key operation of a slot.
func (b *Backend) Sign(s applet.Slot, input []byte) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return nil, b.broken
	}
	if !b.open {
		return nil, errors.New("no PIN was accepted")
	}
	switch k := b.keys[s].(type) {
	case *rsa.PrivateKey:
		m := new(big.Int).SetBytes(input)
		return m.Exp(m, k.D, k.N).FillBytes(make([]byte, k.Size())), nil
	case *ecdsa.PrivateKey:
		return ecdsa.SignASN1(rand.Reader, k, input)
	default:
		return nil, errors.New("no such key")
	}
}

// Kind makes a key.
type Kind func() (crypto.Signer, error)

// RSA makes RSA keys. Sizes that the standard library refuses to make, which
// old cards have, are made of their primes.
func RSA(bits int) Kind {
	return func() (crypto.Signer, error) {
		if bits >= 2048 {
			return rsa.GenerateKey(rand.Reader, bits)
		}
		return oldRSA(bits)
	}
}

func oldRSA(bits int) (*rsa.PrivateKey, error) {
	one, e := big.NewInt(1), big.NewInt(65537)
	for {
		p, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			return nil, err
		}
		q, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			return nil, err
		}
		n := new(big.Int).Mul(p, q)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d != nil && n.BitLen() == bits {
			return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: int(e.Int64())}, D: d, Primes: []*big.Int{p, q}}, nil
		}
	}
}

// P256 makes keys on the curve P-256.
func P256() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// P384 makes keys on the curve P-384.
func P384() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P384(), rand.Reader) }

// ParseCertificate reads a certificate of the card or ends the test.
func ParseCertificate(tb testing.TB, der []byte) *x509.Certificate {
	tb.Helper()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// Once makes a key once and gives the same one out from then on: for tests that
// make many cards and do not look at the keys.
func Once(k Kind) Kind { return Kind(sync.OnceValues(k)) }
