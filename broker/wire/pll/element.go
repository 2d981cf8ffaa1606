package pll

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrUnreadable: not an envelope or request of this protocol, or too large.
var ErrUnreadable = errors.New("PLL request cannot be read")

// The limits of what is read.
const (
	// MaxSize is the largest set, in octets. Clients send up to 16,384; escaping
	// may make an inner document that much longer.
	MaxSize     = 32 << 10
	maxDepth    = 6
	maxElements = 256
)

func unreadable(why string) error { return fmt.Errorf("%w: %s", ErrUnreadable, why) }

// element is one element of a small document.
type element struct {
	name  string
	attrs map[string]string
	kids  []*element
	text  string // all character data directly in it
}

// attr returns an attribute's value, empty where there is none.
func (e *element) attr(name string) string { return e.attrs[name] }

// child returns the one child of a name, nil where there is none.
func (e *element) child(name string) (*element, error) {
	var found *element
	for _, k := range e.kids {
		if k.name != name {
			continue
		}
		if found != nil {
			return nil, unreadable("an element stands twice")
		}
		found = k
	}
	return found, nil
}

// content returns the text of the one child of a name without the white space
// round it, empty where there is none.
func (e *element) content(name string) (string, error) {
	k, err := e.child(name)
	if err != nil || k == nil {
		return "", err
	}
	return strings.TrimSpace(k.text), nil
}

// parse reads a document into its root element.
func parse(b []byte) (*element, error) {
	if len(b) > MaxSize {
		return nil, unreadable(fmt.Sprintf("it is longer than %d octets", MaxSize))
	}
	r := reader{d: xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\uFEFF"))))}
	for {
		t, err := r.d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable(reason(err))
		}
		if err := r.take(t); err != nil {
			return nil, err
		}
	}
	if r.root == nil {
		return nil, unreadable("it holds no element")
	}
	return r.root, nil
}

// reason keeps the kind and the line of an XML error and drops the text it
// quotes.
func reason(err error) string {
	var s *xml.SyntaxError
	if errors.As(err, &s) {
		return fmt.Sprintf("XML syntax error on line %d", s.Line)
	}
	return "it is not XML in UTF-8"
}

// reader puts the elements of a document together.
type reader struct {
	d     *xml.Decoder
	root  *element
	open  []*element
	count int
}

func (r *reader) take(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		r.open = r.open[:len(r.open)-1]
	case xml.CharData:
		return r.chars(t)
	case xml.Directive:
		return unreadable("it has a document type")
	}
	return nil
}

func (r *reader) start(t xml.StartElement) error {
	r.count++
	switch {
	case r.root != nil && len(r.open) == 0:
		return unreadable("something stands behind its end")
	case len(r.open) == maxDepth || r.count > maxElements:
		return unreadable("it has too many elements")
	}
	e := &element{name: t.Name.Local, attrs: make(map[string]string, len(t.Attr))}
	for _, a := range t.Attr {
		if _, twice := e.attrs[a.Name.Local]; twice {
			return unreadable("an attribute stands twice")
		}
		e.attrs[a.Name.Local] = a.Value
	}
	if r.root == nil {
		r.root = e
	} else {
		parent := r.open[len(r.open)-1]
		parent.kids = append(parent.kids, e)
	}
	r.open = append(r.open, e)
	return nil
}

func (r *reader) chars(t xml.CharData) error {
	if len(r.open) == 0 {
		if len(bytes.TrimSpace(t)) != 0 {
			return unreadable("text stands outside its element")
		}
		return nil
	}
	r.open[len(r.open)-1].text += string(t)
	return nil
}
