package gpobject

import (
	"strconv"
	"strings"

	"lanyard/broker/wire/xmltext"
)

// content reads character data up to the end tag: comments are dropped, CDATA
// sections are literal, an element inside is refused.
func (s *scanner) content() (string, error) {
	var parts []string
	for {
		n := strings.IndexByte(s.text[s.pos:], '<')
		if n < 0 {
			return "", s.fail("a gpPARAM does not end")
		}
		raw := s.text[s.pos : s.pos+n]
		s.pos += n
		text, err := s.unescape(raw)
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
		switch {
		case s.ahead("</"):
			return trim(strings.Join(parts, "")), nil
		case s.take("<!--"):
			_, err = s.until("-->", "a comment")
		case s.take("<![CDATA["):
			text, err = s.until("]]>", "a CDATA section")
			parts = append(parts, text)
		default:
			err = s.fail("a gpPARAM holds text only")
		}
		if err != nil {
			return "", err
		}
	}
}

// unescape replaces XML's own entities and character references. Any other
// ampersand is text: the real service writes role names without escaping them.
func (s *scanner) unescape(raw string) (string, error) {
	amp := strings.IndexByte(raw, '&')
	if amp < 0 {
		return raw, nil
	}
	var b strings.Builder
	for ; amp >= 0; amp = strings.IndexByte(raw, '&') {
		b.WriteString(raw[:amp])
		raw = raw[amp:]
		r, n := reference(raw)
		switch {
		case n == 0:
			r, n = '&', 1
		case !xmltext.Legal(r):
			return "", s.fail("a reference to a character that XML does not allow")
		}
		b.WriteRune(r)
		raw = raw[n:]
	}
	b.WriteString(raw)
	return b.String(), nil
}

// reference reads one reference at the start of raw; n is its length, 0 where
// there is none.
func reference(raw string) (r rune, n int) {
	const longest = len("&#x10FFFF;")
	end := strings.IndexByte(raw[:min(len(raw), longest+8)], ';')
	if end < 0 {
		return 0, 0
	}
	body := raw[1:end]
	switch body {
	case "amp":
		return '&', end + 1
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	}
	digits, ok := strings.CutPrefix(body, "#")
	if !ok {
		return 0, 0
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	v, err := strconv.ParseUint(digits, base, 31)
	if err != nil {
		return 0, 0
	}
	return rune(v), end + 1
}
