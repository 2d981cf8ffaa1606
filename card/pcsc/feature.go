package pcsc

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A feature of a reader beyond cards (PC/SC v2 part 10, 2.3). The reader says
// which of them it has, and by which control code each is used.
type feature byte

const (
	featureVerifyPIN     feature = 0x06 // FEATURE_VERIFY_PIN_DIRECT
	featurePINProperties feature = 0x0A // FEATURE_IFD_PIN_PROPERTIES
	featureProperties    feature = 0x12 // FEATURE_GET_TLV_PROPERTIES
)

// getFeatures is CM_IOCTL_GET_FEATURE_REQUEST before the system's own
// arithmetic of control codes.
const getFeatures = 3400

// Limits of what a driver may tell.
const (
	maxFeatures   = 64   // part 10 names fewer than 20
	maxProperties = 1024 // octets
)

// errFeatures: what a driver tells of its reader is not well-formed.
var errFeatures = errors.New("the reader's driver tells of its features in a form that cannot be read")

// parseFeatures reads the list of features: for each its tag, the length 4 and
// a control code, most significant octet first. Tags without a name here stay
// in it.
func parseFeatures(raw []byte) (map[feature]uint32, error) {
	const each = 1 + 1 + 4
	if len(raw)%each != 0 || len(raw) > maxFeatures*each {
		return nil, fmt.Errorf("%w: %d octets", errFeatures, len(raw))
	}
	found := make(map[feature]uint32)
	for ; len(raw) > 0; raw = raw[each:] {
		f, code := feature(raw[0]), binary.BigEndian.Uint32(raw[2:])
		if _, twice := found[f]; raw[1] != 4 || code == 0 || twice {
			return nil, fmt.Errorf("%w: feature 0x%02X", errFeatures, byte(f))
		}
		found[f] = code
	}
	return found, nil
}

// Tags of a reader's properties (part 10, 2.6.14). Their values have the least
// significant octet first.
const (
	propertyLayout    = 0x01 // wLcdLayout: lines and columns of the display
	propertyCondition = 0x02 // bEntryValidationCondition
	propertyLeast     = 0x06 // bMinPINSize
	propertyMost      = 0x07 // bMaxPINSize
)

// properties are those of a reader that matter to typing a PIN on it. The zero
// value is a reader that tells nothing.
type properties struct {
	display   bool // it has one
	condition byte // the ways it knows to end an entry, 0: not told
	least     int  // the fewest digits it takes, 0: not told
	most      int  // the most, 0: not told
}

// parseProperties reads the answer to FEATURE_GET_TLV_PROPERTIES.
func parseProperties(raw []byte) (properties, error) {
	if len(raw) > maxProperties {
		return properties{}, fmt.Errorf("%w: %d octets of properties", errFeatures, len(raw))
	}
	var p properties
	for len(raw) > 0 {
		if len(raw) < 2 || len(raw)-2 < int(raw[1]) {
			return properties{}, fmt.Errorf("%w: a property is cut short", errFeatures)
		}
		tag, value := raw[0], raw[2:2+int(raw[1])]
		raw = raw[2+len(value):]
		if err := p.set(tag, value); err != nil {
			return properties{}, err
		}
	}
	return p, nil
}

func (p *properties) set(tag byte, value []byte) error {
	wants := 1
	switch tag {
	case propertyLayout:
		wants = 2
	case propertyCondition, propertyLeast, propertyMost:
	default:
		return nil
	}
	if len(value) != wants {
		return fmt.Errorf("%w: property 0x%02X of %d octets", errFeatures, tag, len(value))
	}
	switch tag {
	case propertyLayout:
		p.display = value[0] != 0 || value[1] != 0
	case propertyCondition:
		p.condition = value[0]
	case propertyLeast:
		p.least = int(value[0])
	case propertyMost:
		p.most = int(value[0])
	}
	return nil
}

// parsePINProperties reads the older answer to FEATURE_IFD_PIN_PROPERTIES:
// wLcdLayout, bEntryValidationCondition, bTimeOut2.
func parsePINProperties(raw []byte) (properties, error) {
	const size = 4
	if len(raw) != size {
		return properties{}, fmt.Errorf("%w: %d octets of PIN properties", errFeatures, len(raw))
	}
	return properties{display: raw[0] != 0 || raw[1] != 0, condition: raw[2]}, nil
}
