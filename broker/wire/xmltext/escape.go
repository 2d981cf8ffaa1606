package xmltext

import (
	"strings"
	"unicode/utf8"
)

// AppendText appends s as character data: & < > escaped, quotes bare.
func AppendText(dst []byte, s string) []byte { return appendEscaped(dst, s, false) }

// AppendAttr appends s as the value of an attribute in double quotes: & < > "
// escaped.
func AppendAttr(dst []byte, s string) []byte { return appendEscaped(dst, s, true) }

// appendEscaped copies runs of harmless octets as they are. Whatever some
// reader takes for a line end, and tabs, become blanks; what XML 1.0 forbids,
// and what is not UTF-8, becomes U+FFFD.
func appendEscaped(dst []byte, s string, inAttr bool) []byte {
	start := 0
	for i := 0; i < len(s); {
		if harmless(s[i]) {
			i++
			continue
		}
		with, width := replacement(s[i:], inAttr)
		if with != "" {
			dst = append(dst, s[start:i]...)
			dst = append(dst, with...)
			start = i + width
		}
		i += width
	}
	return append(dst, s[start:]...)
}

// harmless tells that an octet is a character which stands for itself anywhere.
func harmless(c byte) bool {
	return c >= ' ' && c < utf8.RuneSelf && c != '&' && c != '<' && c != '>' && c != '"'
}

// replacement says what stands for the first character of s, "" for itself,
// and how many octets that character has.
func replacement(s string, inAttr bool) (string, int) {
	c := s[0]
	if c >= utf8.RuneSelf {
		return replacementOfRune(s)
	}
	switch c {
	case '&':
		return "&amp;", 1
	case '<':
		return "&lt;", 1
	case '>':
		return "&gt;", 1
	case '"':
		if inAttr {
			return "&quot;", 1
		}
	case '\t', '\n', '\r':
		return " ", 1
	default:
		if c < ' ' {
			return "\uFFFD", 1
		}
	}
	return "", 1
}

func replacementOfRune(s string) (string, int) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		return "\uFFFD", 1
	case r == '\u0085' || r == '\u2028' || r == '\u2029':
		return " ", n
	case !Legal(r):
		return "\uFFFD", n
	}
	return "", n
}

// IllegalAt returns where the first character stands that XML 1.0 does not
// allow, -1 for none. s is valid UTF-8.
func IllegalAt(s string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			return i
		case c == 0xEF && (strings.HasPrefix(s[i:], "\uFFFE") || strings.HasPrefix(s[i:], "\uFFFF")):
			return i
		}
	}
	return -1
}

// Legal tells whether XML 1.0 lets a character stand in a document.
func Legal(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case r >= 0xD800 && r <= 0xDFFF, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return r <= utf8.MaxRune
}
