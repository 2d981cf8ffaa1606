package answer

import (
	"bytes"
	"fmt"
	"slices"
)

// element is one BER element. body are its content octets without the end
// mark of an indefinite length; raw is all of it as it stands in the message.
type element struct {
	id        byte // class, constructed bit, tag number below 31
	body, raw []byte
}

const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagOctetString = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagSequence    = 0x30
	tagSet         = 0x31

	constructed = 0x20
	contextual  = 0x80 // class; with constructed and a number: [n]

	maxDepth = 24
)

func (e element) constructed() bool { return e.id&constructed != 0 }

func unreadable(why string) error { return fmt.Errorf("%w: %s", ErrUnreadable, why) }

// next takes one element off b.
func next(b []byte, depth int) (e element, rest []byte, err error) {
	if depth > maxDepth {
		return e, nil, unreadable("nested too deep")
	}
	if len(b) < 2 {
		return e, nil, unreadable("it is cut off")
	}
	if b[0]&0x1f == 0x1f {
		return e, nil, unreadable("a tag of several octets")
	}
	e.id = b[0]
	if b[1] == 0x80 {
		return indefinite(b, depth)
	}
	n, head, err := length(b)
	if err != nil {
		return e, nil, err
	}
	if n > len(b)-head {
		return e, nil, unreadable("it is cut off")
	}
	e.body, e.raw = b[head:head+n], b[:head+n]
	return e, b[head+n:], nil
}

// length reads a definite length; head is where the content begins.
func length(b []byte) (n, head int, err error) {
	if b[1] < 0x80 {
		return int(b[1]), 2, nil
	}
	octets := int(b[1] & 0x7f)
	if octets > 8 || len(b) < 2+octets {
		return 0, 0, unreadable("a length that cannot be")
	}
	for _, c := range b[2 : 2+octets] {
		if n = n<<8 | int(c); n > MaxSize {
			return 0, 0, unreadable("a length that cannot be")
		}
	}
	return n, 2 + octets, nil
}

// indefinite reads an element that ends with an end mark of two zero octets.
func indefinite(b []byte, depth int) (e element, rest []byte, err error) {
	if b[0]&constructed == 0 {
		return e, nil, unreadable("a primitive element without a length")
	}
	rest = b[2:]
	for {
		if len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 {
			end := len(b) - len(rest)
			return element{id: b[0], body: b[2:end], raw: b[:end+2]}, rest[2:], nil
		}
		if _, rest, err = next(rest, depth+1); err != nil {
			return e, nil, err
		}
	}
}

// children splits a constructed element.
func (e element) children() ([]element, error) {
	if !e.constructed() {
		return nil, unreadable("a primitive element where a constructed one belongs")
	}
	var all []element
	for b := e.body; len(b) > 0; {
		child, rest, err := next(b, 0)
		if err != nil {
			return nil, err
		}
		all, b = append(all, child), rest
	}
	return all, nil
}

// octets returns the octets of a string, which BER may have cut into pieces.
func (e element) octets(depth int) ([]byte, error) {
	if !e.constructed() {
		return e.body, nil
	}
	if depth > maxDepth {
		return nil, unreadable("nested too deep")
	}
	pieces, err := e.children()
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, p := range pieces {
		if p.id&^constructed != tagOctetString {
			return nil, unreadable("a string of other things")
		}
		o, err := p.octets(depth + 1)
		if err != nil {
			return nil, err
		}
		all = append(all, o...)
	}
	return all, nil
}

// appendDER appends an element in DER: definite shortest lengths, strings in
// one piece, TRUE as FF. What stands inside primitive elements is untouched,
// and so is the order of a SET OF.
func appendDER(dst []byte, e element, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, unreadable("nested too deep")
	}
	switch {
	case e.id == tagBoolean && len(e.body) == 1 && e.body[0] != 0:
		return append(dst, tagBoolean, 1, 0xff), nil
	case e.id == tagOctetString|constructed:
		o, err := e.octets(depth)
		if err != nil {
			return nil, err
		}
		return appendElement(dst, tagOctetString, o), nil
	case !e.constructed():
		return appendElement(dst, e.id, e.body), nil
	}
	children, err := e.children()
	if err != nil {
		return nil, err
	}
	var body []byte
	for _, c := range children {
		if body, err = appendDER(body, c, depth+1); err != nil {
			return nil, err
		}
	}
	return appendElement(dst, e.id, body), nil
}

func appendElement(dst []byte, id byte, body []byte) []byte {
	dst = append(dst, id)
	switch n := len(body); {
	case n < 0x80:
		dst = append(dst, byte(n))
	case n < 0x100:
		dst = append(dst, 0x81, byte(n))
	case n < 0x10000:
		dst = append(dst, 0x82, byte(n>>8), byte(n))
	default:
		dst = append(dst, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(dst, body...)
}

// setOf returns the DER of a SET OF: each member in DER, in ascending order.
func setOf(members []element) ([]byte, error) {
	encoded := make([][]byte, len(members))
	for i, m := range members {
		var err error
		if encoded[i], err = appendDER(nil, m, 0); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(encoded, bytes.Compare)
	return appendElement(nil, tagSet, bytes.Join(encoded, nil)), nil
}
