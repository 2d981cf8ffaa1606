package login

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"lanyard/broker"
)

const (
	// challengeAge is how long a challenge may be answered.
	challengeAge = 5 * time.Minute
	// clockSkew is how far ahead the clock of another node of this server may be.
	clockSkew = time.Minute
	// dateAt is where the date stands in a challenge before it is written in hex:
	// 8 octets of milliseconds since 1970, between 8 random ones on either side.
	dateAt = 8
)

// The ways a challenge is not one to be answered.
var (
	errForeign = errors.New("challenge is not one of this server's")
	errOld     = errors.New("challenge is too old")
	errAhead   = errors.New("challenge is dated ahead of this server's clock")
)

// Challenges makes challenges and knows its own again. They are dated and
// sealed, so that nothing is stored until one of them comes back signed.
//
// A challenge is 48 hexadecimal digits, one of the two forms recorded of the
// real service: a client that has its CMS written in text mode, which turns line
// ends of other octets into two, signs it unchanged.
type Challenges struct {
	keys   [][]byte // the first one seals
	server string
}

// NewChallenges seals with a key of 32 octets, for the server of a base URL:
// another server's challenge is refused even where both share the key. What was
// sealed with one of the others is taken as well.
func NewChallenges(server string, key []byte, others ...[]byte) (*Challenges, error) {
	keys := append([][]byte{key}, others...)
	for _, k := range keys {
		if len(k) != sha256.Size {
			return nil, errors.New("key of challenges must have 32 octets")
		}
	}
	return &Challenges{keys: keys, server: server}, nil
}

// Make returns a new challenge and its seal, both in base64.
func (c *Challenges) Make(now time.Time) (challenge, seal string) {
	var random [broker.ChallengeSize / 2]byte
	_, _ = rand.Read(random[:]) // never fails; see crypto/rand
	binary.BigEndian.PutUint64(random[dateAt:], uint64(now.UnixMilli()))
	var digits [broker.ChallengeSize]byte
	hex.Encode(digits[:], random[:])
	return encode(digits[:]), encode(c.seal(c.keys[0], digits[:]))
}

// Open returns the octets of a challenge that is this server's own and not too
// old.
func (c *Challenges) Open(challenge, seal string, now time.Time) ([]byte, error) {
	octets, err := decode(challenge)
	if err != nil || len(octets) != broker.ChallengeSize {
		return nil, errForeign
	}
	mac, err := decode(seal)
	if err != nil || !c.sealed(octets, mac) {
		return nil, errForeign
	}
	var random [broker.ChallengeSize / 2]byte
	if _, err := hex.Decode(random[:], octets); err != nil {
		return nil, errForeign
	}
	made := time.UnixMilli(int64(binary.BigEndian.Uint64(random[dateAt:])))
	switch {
	case now.Sub(made) > challengeAge:
		return nil, errOld
	case made.Sub(now) > clockSkew:
		return nil, errAhead
	}
	return octets, nil
}

// sealed tells whether a seal is one of this server's.
func (c *Challenges) sealed(octets, seal []byte) bool {
	return slices.ContainsFunc(c.keys, func(key []byte) bool { return hmac.Equal(seal, c.seal(key, octets)) })
}

func (c *Challenges) seal(key, octets []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("lanyard challenge 1\n" + c.server + "\n"))
	m.Write(octets)
	return m.Sum(nil)
}

// markOf names a challenge, which makes one session only.
func markOf(octets []byte) string {
	sum := sha256.Sum256(octets)
	return hex.EncodeToString(sum[:])
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// decode reads base64 in which a client folded lines.
func decode(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
}
