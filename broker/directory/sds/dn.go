package sds

import (
	"encoding/hex"
	"errors"
	"strings"
)

// rdn is one part of a distinguished name; of one with several values ("+")
// the first.
type rdn struct{ kind, value string } // kind in lower case

// maxRDNs is how many parts a name has at most.
const maxRDNs = 32

var errDN = errors.New("name of the entry cannot be read")

// parseDN reads a distinguished name (RFC 4514, and the blanks round
// separators that older writers put in).
func parseDN(s string) ([]rdn, error) {
	parts := make([]rdn, 0, 6)
	for rest := s; ; {
		kind, after, ok := strings.Cut(rest, "=")
		kind = strings.ToLower(strings.Trim(kind, " "))
		if !ok || kind == "" || strings.ContainsAny(kind, `,+"\<>; `) || len(parts) == maxRDNs {
			return nil, errDN
		}
		value, sep, next, err := readValue(after)
		if err != nil {
			return nil, err
		}
		parts = append(parts, rdn{kind, value})
		for sep == '+' { // further values of the same part
			_, after, ok := strings.Cut(next, "=")
			if !ok {
				return nil, errDN
			}
			if _, sep, next, err = readValue(after); err != nil {
				return nil, err
			}
		}
		if sep == 0 {
			return parts, nil
		}
		rest = next
	}
}

// readValue reads a value up to its separator: ',' or ';', '+', or 0 at the end.
func readValue(s string) (value string, sep byte, rest string, err error) {
	s = strings.TrimLeft(s, " ")
	switch i := strings.IndexAny(s, ",;+\\\"<>\x00"); { // nearly all values hold no escape
	case i < 0:
		return finish(strings.TrimRight(s, " "), 0, "")
	case s[i] == ',':
		return finish(strings.TrimRight(s[:i], " "), ',', s[i+1:])
	}
	var b strings.Builder
	kept := 0 // length up to the last octet that is not a bare blank
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ',', ';', '+':
			if c == ';' {
				c = ','
			}
			return finish(b.String()[:kept], c, s[i+1:])
		case '\\':
			octet, n, err := unescape(s[i+1:])
			if err != nil {
				return "", 0, "", err
			}
			b.WriteByte(octet)
			i += n
			kept = b.Len()
		case '"', '<', '>', 0:
			return "", 0, "", errDN
		default:
			b.WriteByte(c)
			if c != ' ' {
				kept = b.Len()
			}
		}
	}
	return finish(b.String()[:kept], 0, "")
}

func finish(value string, sep byte, rest string) (string, byte, string, error) {
	if value == "" || !isText([]byte(value)) {
		return "", 0, "", errDN
	}
	return value, sep, rest, nil
}

// unescape reads what stands behind a backslash and how long it is.
func unescape(s string) (octet byte, n int, err error) {
	if s == "" {
		return 0, 0, errDN
	}
	if strings.IndexByte(` "#+,;<=>\`, s[0]) >= 0 {
		return s[0], 1, nil
	}
	if len(s) < 2 {
		return 0, 0, errDN
	}
	b, err := hex.DecodeString(s[:2])
	if err != nil {
		return 0, 0, errDN
	}
	return b[0], 2, nil
}

// EscapeDN writes a value for a distinguished name.
func EscapeDN(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == 0:
			b.WriteString(`\00`)
			continue
		case strings.IndexByte(`"+,;<>\`, c) >= 0,
			i == 0 && (c == ' ' || c == '#'),
			i == len(s)-1 && c == ' ':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
