package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"lanyard/broker"
)

// The shape of a token: prefix, sealed part, mark, record of server and site,
// end. "AAJTSQACMDE=" is base64 of the length-prefixed strings "SI" and "01".
const (
	tokenPrefix = "AQIC"
	tokenSite   = "AAJTSQACMDE"
	tokenSize   = len(tokenPrefix) + sealedText + len("=@") + len(tokenSite) + len("=#")
)

// The sealed part: key id, nonce, sealed session id and tag. Its 50 octets are
// 80 letters and digits in base32 with no bit to spare, so a token has exactly
// one spelling.
const (
	keyIDSize  = 6
	nonceSize  = 12
	idSize     = 16
	tagSize    = 16
	sealedSize = keyIDSize + nonceSize + idSize + tagSize
	sealedText = sealedSize * 8 / 5
)

// KeySize is the size of a sealing key, in octets.
const KeySize = 32

// Keys seal tokens. To rotate them without ending a session, make the current
// key the previous one and set a new current one; the key before that can go
// once the maximum time of sessions has passed since the last rotation.
type Keys struct {
	Current  []byte // seals and opens
	Previous []byte // opens only; nil for none
}

// NewKey makes a random sealing key.
func NewKey() []byte {
	k := make([]byte, KeySize)
	_, _ = rand.Read(k) // never fails; see crypto/rand
	return k
}

// LogValue hides the keys.
func (Keys) LogValue() slog.Value { return slog.StringValue("[keys]") }

// String hides the keys.
func (Keys) String() string { return "[keys]" }

// GoString hides the keys.
func (Keys) GoString() string { return "[keys]" }

// sealer turns session ids into tokens and back.
type sealer struct{ keys []sealKey } // the first one seals

type sealKey struct {
	id   [keyIDSize]byte
	aead cipher.AEAD
}

func newSealer(k Keys) (*sealer, error) {
	current, err := newSealKey(k.Current)
	if err != nil {
		return nil, fmt.Errorf("current key: %w", err)
	}
	s := &sealer{keys: []sealKey{current}}
	if k.Previous != nil {
		previous, err := newSealKey(k.Previous)
		if err != nil {
			return nil, fmt.Errorf("previous key: %w", err)
		}
		s.keys = append(s.keys, previous)
	}
	return s, nil
}

// newSealKey derives what is used from what is configured, so that the id,
// which stands in every token, tells nothing about the key.
func newSealKey(secret []byte) (k sealKey, err error) {
	if len(secret) != KeySize {
		return k, fmt.Errorf("a sealing key has %d octets, this one has %d", KeySize, len(secret))
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "lanyard session token 1", KeySize)
	if err != nil {
		return k, err
	}
	id, err := hkdf.Key(sha256.New, secret, nil, "lanyard session token 1 key id", keyIDSize)
	if err != nil {
		return k, err
	}
	k.id = [keyIDSize]byte(id)
	block, err := aes.NewCipher(key)
	if err != nil {
		return k, err
	}
	k.aead, err = cipher.NewGCM(block)
	return k, err
}

// seal makes a token of a session id.
func (s *sealer) seal(id [idSize]byte) broker.Ticket {
	k := s.keys[0]
	raw := make([]byte, keyIDSize+nonceSize, sealedSize)
	copy(raw, k.id[:])
	nonce := raw[keyIDSize:]
	_, _ = rand.Read(nonce) // never fails; see crypto/rand
	raw = k.aead.Seal(raw, nonce, id[:], k.id[:])

	var b strings.Builder
	b.Grow(tokenSize)
	b.WriteString(tokenPrefix)
	b.WriteString(base32.StdEncoding.EncodeToString(raw))
	b.WriteString("=@" + tokenSite + "=#")
	return broker.NewTicket(b.String())
}

var errSeal = errors.New("its seal is broken")

// open returns the session id of a token of ours, else [ErrUnreadable].
func (s *sealer) open(text string) (id [idSize]byte, err error) {
	sealed, ok := sealedPart(text)
	if !ok {
		return id, fmt.Errorf("%w: its form is another", ErrUnreadable)
	}
	var raw [sealedSize]byte
	if _, err := base32.StdEncoding.Decode(raw[:], []byte(sealed)); err != nil {
		return id, fmt.Errorf("%w: its form is another", ErrUnreadable)
	}
	for _, k := range s.keys {
		if k.id != [keyIDSize]byte(raw[:keyIDSize]) {
			continue
		}
		nonce, box := raw[keyIDSize:keyIDSize+nonceSize], raw[keyIDSize+nonceSize:]
		if _, err := k.aead.Open(id[:0], nonce, box, k.id[:]); err != nil {
			return [idSize]byte{}, fmt.Errorf("%w: %w", ErrUnreadable, errSeal)
		}
		return id, nil
	}
	return id, fmt.Errorf("%w: it was sealed with a key that is not here", ErrUnreadable)
}

// sealedPart finds the sealed part of a token in any spelling clients send: as
// it was issued, without its last "#" (which HTTP libraries take for a
// fragment), and in the "C66" form, where "." stands for "=", the first "*" for
// "@" and the last for "#". The sealed part has none of the other characters
// that form replaces.
func sealedPart(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok || len(rest) < sealedText {
		return "", false
	}
	sealed, rest := rest[:sealedText], rest[sealedText:]
	if strings.ContainsAny(sealed, "\r\n=") { // a base32 reader skips or ends at these
		return "", false
	}
	for _, part := range [...][]string{{"=", "."}, {"@", "*"}, {tokenSite}, {"=", "."}} {
		if rest, ok = cutAny(rest, part); !ok {
			return "", false
		}
	}
	return sealed, rest == "" || rest == "#" || rest == "*"
}

func cutAny(s string, prefixes []string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest, true
		}
	}
	return s, false
}
