package apdu

import (
	"errors"
	"fmt"
)

// Limits of one command, in octets.
const (
	MaxShortData = 255   // data of a short command
	MaxShortNe   = 256   // answer that a short command can ask for
	MaxData      = 65535 // data of an extended command
	MaxNe        = 65536 // answer that an extended command can ask for
	// MaxCommand is the longest command there is: header, extended Lc, data, Le.
	MaxCommand = 4 + 3 + MaxData + 2
)

// ErrMalformed is returned for octets that are not an APDU or not a data object.
var ErrMalformed = errors.New("octets are not well-formed")

// Command is a command to a card.
type Command struct {
	CLA, INS, P1, P2 byte
	Data             []byte
	Ne               int // the longest answer wanted, in octets; 0 = none
}

// Parse reads one command in short or extended form. Data is a view into b.
func Parse(b []byte) (Command, error) {
	if len(b) < 4 {
		return Command{}, fmt.Errorf("%w: command of %d octets has no header", ErrMalformed, len(b))
	}
	c := Command{CLA: b[0], INS: b[1], P1: b[2], P2: b[3]}
	body := b[4:]
	var err error
	switch {
	case len(body) == 0:
	case len(body) == 1:
		c.Ne = shortNe(body[0])
	case body[0] != 0:
		c.Data, c.Ne, err = parseShort(body)
	default:
		c.Data, c.Ne, err = parseExtended(body)
	}
	if err != nil {
		return Command{}, err
	}
	return c, nil
}

func parseShort(body []byte) (data []byte, ne int, err error) {
	lc := int(body[0])
	switch rest := body[1:]; len(rest) {
	case lc:
		return rest, 0, nil
	case lc + 1:
		return rest[:lc], shortNe(rest[lc]), nil
	default:
		return nil, 0, fmt.Errorf("%w: command says %d octets of data and brings %d", ErrMalformed, lc, len(rest))
	}
}

func parseExtended(body []byte) (data []byte, ne int, err error) {
	if len(body) < 3 {
		return nil, 0, fmt.Errorf("%w: extended length is cut short", ErrMalformed)
	}
	n := int(body[1])<<8 | int(body[2])
	rest := body[3:]
	switch {
	case len(rest) == 0:
		return nil, extendedNe(n), nil
	case n == 0:
		return nil, 0, fmt.Errorf("%w: extended command says 0 octets of data and brings %d", ErrMalformed, len(rest))
	case len(rest) == n:
		return rest, 0, nil
	case len(rest) == n+2:
		return rest[:n], extendedNe(int(rest[n])<<8 | int(rest[n+1])), nil
	default:
		return nil, 0, fmt.Errorf("%w: command says %d octets of data and brings %d", ErrMalformed, n, len(rest))
	}
}

func shortNe(le byte) int {
	if le == 0 {
		return MaxShortNe
	}
	return int(le)
}

func extendedNe(n int) int {
	if n == 0 {
		return MaxNe
	}
	return n
}

// Extended tells whether the command only fits the extended form.
func (c Command) Extended() bool { return len(c.Data) > MaxShortData || c.Ne > MaxShortNe }

// Append writes the command behind dst, in the extended form only where it must.
func (c Command) Append(dst []byte) ([]byte, error) {
	if len(c.Data) > MaxData || c.Ne < 0 || c.Ne > MaxNe {
		return nil, fmt.Errorf("command of %d octets of data that wants %d octets does not fit an APDU", len(c.Data), c.Ne)
	}
	dst = append(dst, c.CLA, c.INS, c.P1, c.P2)
	if !c.Extended() {
		if len(c.Data) > 0 {
			dst = append(append(dst, byte(len(c.Data))), c.Data...)
		}
		if c.Ne > 0 {
			dst = append(dst, byte(c.Ne)) // 256 is 00
		}
		return dst, nil
	}
	dst = append(dst, 0)
	if len(c.Data) > 0 {
		dst = append(dst, byte(len(c.Data)>>8), byte(len(c.Data)))
		dst = append(dst, c.Data...)
	}
	if c.Ne > 0 {
		dst = append(dst, byte(c.Ne>>8), byte(c.Ne)) // 65536 is 0000
	}
	return dst, nil
}
