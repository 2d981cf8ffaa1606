package pll

import (
	"errors"
	"fmt"

	"lanyard/broker/wire/xmltree"
)

// ErrUnreadable means that a text is not an envelope or request of this
// protocol, or too large.
var ErrUnreadable = errors.New("PLL request cannot be read")

// MaxSize is the largest set, in octets. Clients send up to 16,384; escaping may
// make an inner document that much longer.
const MaxSize = 32 << 10

func unreadable(why string) error { return fmt.Errorf("%w: %s", ErrUnreadable, why) }

func parse(b []byte) (*xmltree.Element, error) {
	root, err := xmltree.Parse(b, xmltree.Limits{Size: MaxSize, Depth: 6, Elements: 256})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return root, nil
}
