package apdu

import "fmt"

// Tag is the tag of a data object as it is written: 0x53, 0x5FC105.
type Tag uint32

// AppendTLV writes a data object behind dst. Values are shorter than 64 kB.
func AppendTLV(dst []byte, t Tag, value []byte) []byte {
	for shift := 16; shift >= 0; shift -= 8 {
		if t>>shift != 0 {
			dst = append(dst, byte(t>>shift))
		}
	}
	switch n := len(value); {
	case n < 0x80:
		dst = append(dst, byte(n))
	case n <= 0xFF:
		dst = append(dst, 0x81, byte(n))
	default:
		dst = append(dst, 0x82, byte(n>>8), byte(n))
	}
	return append(dst, value...)
}

// Object is a data object that was read; Value is a view into what was read.
type Object struct {
	Tag   Tag
	Value []byte
}

// NextTLV reads the data object at the start of b and returns what follows it.
// Tags of up to three octets and lengths of up to three are read; the
// indefinite form is not of these cards.
func NextTLV(b []byte) (o Object, rest []byte, err error) {
	t, b, err := readTag(b)
	if err != nil {
		return Object{}, nil, err
	}
	n, b, err := readLength(b)
	if err != nil {
		return Object{}, nil, err
	}
	if n > len(b) {
		return Object{}, nil, fmt.Errorf("%w: object %X says %d octets, %d are there", ErrMalformed, uint32(t), n, len(b))
	}
	return Object{Tag: t, Value: b[:n]}, b[n:], nil
}

// FindTLV returns the value of the first object with a tag among those in b.
func FindTLV(b []byte, t Tag) (value []byte, ok bool, err error) {
	for len(b) > 0 {
		o, rest, err := NextTLV(b)
		if err != nil {
			return nil, false, err
		}
		if o.Tag == t {
			return o.Value, true, nil
		}
		b = rest
	}
	return nil, false, nil
}

func readTag(b []byte) (Tag, []byte, error) {
	if len(b) == 0 {
		return 0, nil, fmt.Errorf("%w: no tag", ErrMalformed)
	}
	t := Tag(b[0])
	if t == 0 {
		return 0, nil, fmt.Errorf("%w: tag 00", ErrMalformed)
	}
	if b[0]&0x1F != 0x1F {
		return t, b[1:], nil
	}
	for i := 1; i < len(b) && i < 3; i++ {
		t = t<<8 | Tag(b[i])
		if b[i]&0x80 == 0 {
			return t, b[i+1:], nil
		}
	}
	return 0, nil, fmt.Errorf("%w: tag has no end", ErrMalformed)
}

func readLength(b []byte) (int, []byte, error) {
	if len(b) == 0 {
		return 0, nil, fmt.Errorf("%w: no length", ErrMalformed)
	}
	if b[0] < 0x80 {
		return int(b[0]), b[1:], nil
	}
	size := int(b[0] & 0x7F)
	if size == 0 || size > 3 || size >= len(b) {
		return 0, nil, fmt.Errorf("%w: length %X", ErrMalformed, b[0])
	}
	n := 0
	for _, c := range b[1 : 1+size] {
		n = n<<8 | int(c)
	}
	return n, b[1+size:], nil
}
