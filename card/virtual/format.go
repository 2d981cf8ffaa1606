package virtual

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"lanyard/card"
)

// MaxFile is the largest card file that is read, in octets.
const MaxFile = 64 << 10

const (
	magic    = "LANYARD CARD"
	version  = 1
	maxLabel = 64
	maxKeys  = 4
	maxCert  = 8 << 10
	maxTries = 15

	saltSize  = 16
	macSize   = sha256.Size
	totalSize = sha256.Size
)

// image is a card file, read.
type image struct {
	header header
	head   []byte // magic, version and header as they stand in the file
	pin    lock
	puk    lock
	vault  []byte // nonce and sealed private keys
	state  state
	mac    []byte // over everything before it, under a key of the device
	macked []byte // what the mac is over
}

// header is what never changes in a card's life.
type header struct {
	serial   [16]byte
	label    string
	pinTries uint8
	pukTries uint8
	keys     []publicKey
}

// publicKey is the public side of a key pair.
type publicKey struct {
	slot    byte // PIV key reference
	purpose card.Purpose
	policy  card.PINPolicy
	cert    []byte // DER
	expired []byte // DER of a certificate that is out of date, or empty
}

// lock is the card key sealed under a secret, the PIN or the PUK.
type lock struct {
	cost Cost
	salt []byte
	box  []byte // nonce and sealed card key
}

// state is what every try changes.
type state struct {
	counter uint64
	pin     uint8 // tries left
	puk     uint8
}

// appendImage writes a card file: im.head must be set; sign makes the mac.
func appendImage(im *image, sign func([]byte) []byte) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddBytes(im.head)
	addLock(&b, im.pin)
	addLock(&b, im.puk)
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(im.vault) })
	b.AddUint64(im.state.counter)
	b.AddUint8(im.state.pin)
	b.AddUint8(im.state.puk)
	out, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing card file: %w", err)
	}
	out = append(out, sign(out)...)
	sum := sha256.Sum256(out)
	out = append(out, sum[:]...)
	if len(out) > MaxFile {
		return nil, fmt.Errorf("writing card file: %d octets, at most %d are allowed", len(out), MaxFile)
	}
	return out, nil
}

func appendHead(h header) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddBytes([]byte(magic))
	b.AddUint8(version)
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddBytes(h.serial[:])
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(h.label)) })
		b.AddUint8(h.pinTries)
		b.AddUint8(h.pukTries)
		for _, k := range h.keys {
			b.AddUint8(k.slot)
			b.AddUint8(uint8(k.purpose))
			b.AddUint8(uint8(k.policy))
			b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(k.cert) })
			b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(k.expired) })
		}
	})
	out, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing card file: %w", err)
	}
	return out, nil
}

func addLock(b *cryptobyte.Builder, l lock) {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		b.AddUint32(l.cost.Memory)
		b.AddUint8(l.cost.Passes)
		b.AddUint8(l.cost.Lanes)
		b.AddBytes(l.salt)
		b.AddBytes(l.box)
	})
}

// parseImage reads a card file. It finds damage; whether the file belongs to
// this device is for its mac to tell.
func parseImage(raw []byte) (*image, error) {
	if len(raw) > MaxFile {
		return nil, isDamaged("it is larger than %d octets", MaxFile)
	}
	if len(raw) <= len(magic) || !bytes.Equal(raw[:len(magic)], []byte(magic)) {
		return nil, isDamaged("it does not begin like a card file")
	}
	if v := raw[len(magic)]; v > version {
		return nil, fmt.Errorf("%w: %d", ErrVersion, v)
	}
	if len(raw) < len(magic)+1+macSize+totalSize {
		return nil, isDamaged("it ends early")
	}
	body, total := raw[:len(raw)-totalSize], raw[len(raw)-totalSize:]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], total) {
		return nil, isDamaged("its checksum does not hold")
	}
	im := &image{macked: body[:len(body)-macSize], mac: body[len(body)-macSize:]}
	if err := im.parse(); err != nil {
		return nil, err
	}
	return im, nil
}

func (im *image) parse() error {
	s := cryptobyte.String(im.macked)
	var v uint8
	var head, vault cryptobyte.String
	if !s.Skip(len(magic)) || !s.ReadUint8(&v) || v != version || !s.ReadUint24LengthPrefixed(&head) {
		return isDamaged("header")
	}
	im.head = im.macked[:len(im.macked)-len(s)]
	h, err := parseHeader(head)
	if err != nil {
		return err
	}
	im.header = h
	if im.pin, err = parseLock(&s); err != nil {
		return err
	}
	if im.puk, err = parseLock(&s); err != nil {
		return err
	}
	if !s.ReadUint24LengthPrefixed(&vault) || len(vault) <= nonceSize {
		return isDamaged("private keys")
	}
	im.vault = vault
	if !s.ReadUint64(&im.state.counter) || !s.ReadUint8(&im.state.pin) || !s.ReadUint8(&im.state.puk) || !s.Empty() {
		return isDamaged("tries")
	}
	if im.state.pin > h.pinTries || im.state.puk > h.pukTries || im.state.counter == math.MaxUint64 {
		return isDamaged("tries out of range")
	}
	return nil
}

func parseHeader(s cryptobyte.String) (header, error) {
	var h header
	var label cryptobyte.String
	if !s.CopyBytes(h.serial[:]) || !s.ReadUint8LengthPrefixed(&label) || len(label) > maxLabel ||
		!s.ReadUint8(&h.pinTries) || !s.ReadUint8(&h.pukTries) {
		return header{}, isDamaged("header")
	}
	if h.pinTries == 0 || h.pinTries > maxTries || h.pukTries == 0 || h.pukTries > maxTries {
		return header{}, isDamaged("tries in header")
	}
	h.label = string(label)
	for !s.Empty() {
		var k publicKey
		var purpose, policy uint8
		var cert, expired cryptobyte.String
		if !s.ReadUint8(&k.slot) || !s.ReadUint8(&purpose) || !s.ReadUint8(&policy) ||
			!s.ReadUint24LengthPrefixed(&cert) || !s.ReadUint24LengthPrefixed(&expired) {
			return header{}, isDamaged("keys in header")
		}
		if len(cert) == 0 || len(cert) > maxCert || len(expired) > maxCert || len(h.keys) == maxKeys ||
			slices.ContainsFunc(h.keys, func(o publicKey) bool { return o.slot == k.slot }) {
			return header{}, isDamaged("keys in header")
		}
		k.purpose, k.policy, k.cert, k.expired = card.Purpose(purpose), card.PINPolicy(policy), cert, expired
		h.keys = append(h.keys, k)
	}
	if len(h.keys) == 0 {
		return header{}, isDamaged("no key in header")
	}
	return h, nil
}

func parseLock(s *cryptobyte.String) (lock, error) {
	var in cryptobyte.String
	var l lock
	if !s.ReadUint16LengthPrefixed(&in) || !in.ReadUint32(&l.cost.Memory) || !in.ReadUint8(&l.cost.Passes) ||
		!in.ReadUint8(&l.cost.Lanes) || !in.ReadBytes(&l.salt, saltSize) ||
		!in.ReadBytes(&l.box, nonceSize+keySize+tagSize) || !in.Empty() {
		return lock{}, isDamaged("sealed card key")
	}
	if err := l.cost.check(); err != nil {
		return lock{}, isDamaged("%v", err)
	}
	return l, nil
}
