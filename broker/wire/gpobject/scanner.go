package gpobject

import (
	"fmt"
	"strings"

	"lanyard/broker/wire/xmltext"
)

// scanner walks over a document once. Each method stands at the first octet of
// what it reads and leaves pos behind it.
type scanner struct {
	text string
	pos  int
}

func (s *scanner) fail(why string) error {
	line := 1 + strings.Count(s.text[:s.pos], "\n")
	return fmt.Errorf("%w: line %d: %s", ErrUnreadable, line, why)
}

func (s *scanner) ahead(t string) bool { return strings.HasPrefix(s.text[s.pos:], t) }

func (s *scanner) take(t string) bool {
	if !s.ahead(t) {
		return false
	}
	s.pos += len(t)
	return true
}

func (s *scanner) space() (some bool) {
	for s.pos < len(s.text) && isSpace(s.text[s.pos]) {
		s.pos++
		some = true
	}
	return some
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// until returns the text up to an end mark and steps over both.
func (s *scanner) until(end, what string) (string, error) {
	before, _, found := strings.Cut(s.text[s.pos:], end)
	if !found {
		return "", s.fail(what + " does not end")
	}
	s.pos += len(before) + len(end)
	return before, nil
}

// illegal refuses characters that no XML document may hold.
func (s *scanner) illegal() error {
	i := xmltext.IllegalAt(s.text)
	if i < 0 {
		return nil
	}
	s.pos = i
	return s.fail("a character that XML does not allow")
}

// misc steps over white space, comments and processing instructions, the XML
// declaration among them: clients put blanks before it.
func (s *scanner) misc() error {
	for {
		s.space()
		var err error
		switch {
		case s.take("<!--"):
			_, err = s.until("-->", "a comment")
		case s.take("<?"):
			_, err = s.until("?>", "a processing instruction")
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *scanner) prolog() error {
	if err := s.misc(); err != nil {
		return err
	}
	if s.take("<!DOCTYPE") {
		if err := s.doctype(); err != nil {
			return err
		}
	}
	return s.misc()
}

// doctype steps over a document type without looking at what it names. An
// internal subset could declare entities, so none is taken.
func (s *scanner) doctype() error {
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		s.pos++
		switch c {
		case '>':
			return nil
		case '[', '<':
			return s.fail("declarations in the DOCTYPE are not taken")
		case '"', '\'':
			if _, err := s.until(string(c), "a system identifier"); err != nil {
				return err
			}
		}
	}
	return s.fail("the DOCTYPE does not end")
}

// startTag reads the start tag of one element and the attributes we know;
// closed tells that it is an empty-element tag.
func (s *scanner) startTag(name string) (p Param, closed bool, err error) {
	if !s.take("<" + name) {
		return p, false, s.fail("expected <" + name + ">")
	}
	for {
		gap := s.space()
		switch {
		case s.take("/>"):
			return p, true, nil
		case s.take(">"):
			return p, false, nil
		case !gap:
			return p, false, s.fail("expected <" + name + ">")
		}
		if err := s.attribute(&p); err != nil {
			return p, false, err
		}
	}
}

func (s *scanner) endTag(name string) error {
	if s.take("</" + name) {
		s.space()
		if s.take(">") {
			return nil
		}
	}
	return s.fail("expected </" + name + ">")
}

func (s *scanner) attribute(p *Param) error {
	name := s.text[s.pos:]
	if n := strings.IndexAny(name, "= \t\r\n<>/\"'"); n >= 0 {
		name = name[:n]
	}
	s.pos += len(name)
	s.space()
	if name == "" || !s.take("=") {
		return s.fail("an attribute without a value")
	}
	s.space()
	if !s.ahead(`"`) && !s.ahead("'") {
		return s.fail("an attribute without quotes")
	}
	quote := s.text[s.pos : s.pos+1]
	s.pos++
	raw, err := s.until(quote, "an attribute")
	if err != nil {
		return err
	}
	if strings.Contains(raw, "<") {
		return s.fail("an attribute does not end")
	}
	value, err := s.unescape(raw)
	if err != nil {
		return err
	}
	return s.keep(p, name, value)
}

func (s *scanner) keep(p *Param, name, value string) error {
	var at *string
	switch name {
	case "name":
		at = &p.Name
	case "id":
		at = &p.ID
	case "orgcode":
		at = &p.OrgCode
	case "encoding":
		at = &p.Encoding
	default:
		return nil
	}
	if *at != "" {
		return s.fail("the attribute " + name + " stands twice")
	}
	*at = trim(value)
	return nil
}
