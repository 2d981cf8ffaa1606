package xmltree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrUnreadable means that a document is not one that is taken.
var ErrUnreadable = errors.New("XML document cannot be read")

func unreadable(why string) error { return fmt.Errorf("%w: %s", ErrUnreadable, why) }

// Limits bound a document.
type Limits struct {
	Size     int // in octets
	Depth    int // elements in one another
	Elements int
}

// Element is one element of a document.
type Element struct {
	Space, Name string // the name space's address, empty for none
	Attrs       []xml.Attr
	Kids        []*Element
	Text        string // all character data directly in it
}

// Attr returns the value of an attribute of no name space, empty where there is
// none.
func (e *Element) Attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Child returns the one child of a name, nil where there is none.
func (e *Element) Child(name string) (*Element, error) {
	var found *Element
	for _, k := range e.Kids {
		if k.Name != name {
			continue
		}
		if found != nil {
			return nil, unreadable("an element stands twice")
		}
		found = k
	}
	return found, nil
}

// Content returns the text of the one child of a name without the white space
// round it, empty where there is none.
func (e *Element) Content(name string) (string, error) {
	k, err := e.Child(name)
	if err != nil || k == nil {
		return "", err
	}
	return strings.TrimSpace(k.Text), nil
}

// Parse reads a document and returns its root. A byte order mark and white
// space before it are taken.
func Parse(b []byte, l Limits) (*Element, error) {
	if len(b) > l.Size {
		return nil, unreadable(fmt.Sprintf("it is longer than %d octets", l.Size))
	}
	b = bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\uFEFF")), " \t\r\n")
	r := reader{limits: l, d: xml.NewDecoder(bytes.NewReader(b))}
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
	limits Limits
	d      *xml.Decoder
	root   *Element
	open   []*Element
	count  int
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
	case len(r.open) == r.limits.Depth || r.count > r.limits.Elements:
		return unreadable("it has too many elements")
	}
	seen := make(map[xml.Name]bool, len(t.Attr))
	for _, a := range t.Attr {
		if seen[a.Name] {
			return unreadable("an attribute stands twice")
		}
		seen[a.Name] = true
	}
	e := &Element{Space: t.Name.Space, Name: t.Name.Local, Attrs: t.Attr}
	if r.root == nil {
		r.root = e
	} else {
		parent := r.open[len(r.open)-1]
		parent.Kids = append(parent.Kids, e)
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
	r.open[len(r.open)-1].Text += string(t)
	return nil
}
