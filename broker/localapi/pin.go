package localapi

import (
	"encoding/hex"
	"errors"
	"unicode/utf8"

	"lanyard/card"
)

var errPINText = errors.New("pin must be a text of printable ASCII")

// pinText decodes a JSON string into a PIN without any copy in between.
type pinText struct{ pin *card.PIN }

// UnmarshalJSON takes a quoted text. It keeps nothing of what it is given.
func (p *pinText) UnmarshalJSON(quoted []byte) error {
	p.pin.Wipe()
	p.pin = nil
	if len(quoted) < 2 || quoted[0] != '"' {
		return errPINText
	}
	octets := card.SecretBuffer(len(quoted))
	for in := quoted[1 : len(quoted)-1]; len(in) > 0; {
		c, n := in[0], 1
		switch {
		case c == '\\':
			c, n = unescape(in)
		case c >= utf8.RuneSelf:
			n = 0
		}
		if n == 0 {
			clear(octets)
			return errPINText
		}
		octets = append(octets, c)
		in = in[n:]
	}
	p.pin = card.NewPIN(octets)
	return nil
}

// unescape reads one escape of JSON that stands for an octet of ASCII, and its
// length; 0 for any other.
func unescape(in []byte) (c byte, n int) {
	if len(in) < 2 {
		return 0, 0
	}
	switch in[1] {
	case '"', '\\', '/':
		return in[1], 2
	case 'u':
		var r [2]byte
		if len(in) < 6 {
			return 0, 0
		}
		if _, err := hex.Decode(r[:], in[2:6]); err != nil || r[0] != 0 || r[1] >= utf8.RuneSelf {
			return 0, 0
		}
		return r[1], 6
	default:
		return 0, 0
	}
}
