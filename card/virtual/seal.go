package virtual

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	keySize   = chacha20poly1305.KeySize
	nonceSize = chacha20poly1305.NonceSizeX
	tagSize   = chacha20poly1305.Overhead
)

// Cost is how dear Argon2id makes one guess of a PIN.
type Cost struct {
	Memory uint32 // in KiB
	Passes uint8
	Lanes  uint8
}

// DefaultCost returns what a desk computer does in about a tenth of a second.
func DefaultCost() Cost { return Cost{Memory: 64 << 10, Passes: 2, Lanes: 2} }

// check holds a cost to what can be computed on a desk: a file must not be
// able to ask for all of a machine's memory.
func (c Cost) check() error {
	const maxMemory, maxPasses, maxLanes = 256 << 10, 8, 8
	if c.Lanes == 0 || c.Lanes > maxLanes || c.Passes == 0 || c.Passes > maxPasses ||
		c.Memory < 8*uint32(c.Lanes) || c.Memory > maxMemory {
		return fmt.Errorf("cost of a PIN guess is out of range: %d KiB, %d passes, %d lanes", c.Memory, c.Passes, c.Lanes)
	}
	return nil
}

// deviceKeys are the keys that a device key gives for one card.
type deviceKeys struct {
	file   []byte // authenticates the card file
	count  []byte // authenticates the counter beside it
	secret []byte // goes into the sealing of the card key
}

func deriveDevice(device *[32]byte, serial [16]byte) (deviceKeys, error) {
	var d deviceKeys
	for info, key := range map[string]*[]byte{"file": &d.file, "count": &d.count, "secret": &d.secret} {
		k, err := hkdf.Key(sha256.New, device[:], serial[:], "lanyard card 1 "+info, keySize)
		if err != nil {
			return deviceKeys{}, fmt.Errorf("deriving the device's keys: %w", err)
		}
		*key = k
	}
	return d, nil
}

func (d deviceKeys) wipe() {
	clear(d.file)
	clear(d.count)
	clear(d.secret)
}

func mac(key, octets []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(octets)
	return h.Sum(nil)
}

// secretKind is which of the two secrets a lock is for; it is part of what the
// lock's seal covers, so that the one cannot be put in the other's place.
type secretKind string

const (
	pinSecret secretKind = "PIN"
	pukSecret secretKind = "PUK"
)

// newLock seals the card key under a secret and the device's key.
func newLock(kind secretKind, head, secret, device, cardKey []byte, cost Cost) (lock, error) {
	if err := cost.check(); err != nil {
		return lock{}, err
	}
	l := lock{cost: cost, salt: make([]byte, saltSize)}
	_, _ = rand.Read(l.salt) // never fails
	key, err := l.key(secret, device)
	if err != nil {
		return lock{}, err
	}
	defer clear(key)
	l.box, err = seal(key, cardKey, l.covers(kind, head))
	return l, err
}

// open returns the card key; ok is false where the secret is a wrong one.
func (l lock) open(kind secretKind, head, secret, device []byte) (cardKey []byte, ok bool, err error) {
	key, err := l.key(secret, device)
	if err != nil {
		return nil, false, err
	}
	defer clear(key)
	cardKey, err = unseal(key, l.box, l.covers(kind, head))
	if err != nil {
		return nil, false, nil
	}
	return cardKey, true, nil
}

func (l lock) key(secret, device []byte) ([]byte, error) {
	covered, err := cover(secret, device)
	if err != nil {
		return nil, err
	}
	defer clear(covered)
	stretched := argon2.IDKey(covered, l.salt, uint32(l.cost.Passes), l.cost.Memory, l.cost.Lanes, keySize)
	both := append(make([]byte, 0, 2*keySize), stretched...)
	both = append(both, device...)
	defer clear(stretched)
	defer clear(both)
	key, err := hkdf.Key(sha256.New, both, l.salt, "lanyard card 1 lock", keySize)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	return key, nil
}

// cover hides a secret under the device's part of the key: octet by octet, with
// its length behind it, so that no two secrets look alike. Hash functions leave
// their input behind in memory that cannot be wiped; what they leave behind of
// this is no PIN.
func cover(secret, device []byte) ([]byte, error) {
	if len(secret) >= keySize || len(device) != keySize {
		return nil, errors.New("deriving a key: secret is too long")
	}
	out := bytes.Clone(device)
	subtle.XORBytes(out, out, secret)
	out[keySize-1] ^= byte(len(secret))
	return out, nil
}

// covers is the additional data of a lock's seal.
func (l lock) covers(kind secretKind, head []byte) []byte {
	return fmt.Appendf(nil, "%s %d %d %d %x %s", kind, l.cost.Memory, l.cost.Passes, l.cost.Lanes, l.salt, head)
}

func seal(key, plain, covers []byte) ([]byte, error) {
	a, err := aead(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, nonceSize, nonceSize+len(plain)+tagSize)
	_, _ = rand.Read(nonce)
	return a.Seal(nonce, nonce, plain, covers), nil
}

func unseal(key, box, covers []byte) ([]byte, error) {
	a, err := aead(key)
	if err != nil {
		return nil, err
	}
	if len(box) < nonceSize {
		return nil, errors.New("sealed octets are too short")
	}
	plain, err := a.Open(nil, box[:nonceSize], box[nonceSize:], covers)
	if err != nil {
		return nil, fmt.Errorf("opening a seal: %w", err)
	}
	return plain, nil
}

func aead(key []byte) (cipher.AEAD, error) {
	a, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("making a seal: %w", err)
	}
	return a, nil
}
