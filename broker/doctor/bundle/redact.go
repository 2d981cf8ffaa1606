package bundle

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// A Redactor takes out of texts what must not leave this computer.
type Redactor struct {
	Names bool    // leave in what names people and this computer
	Known []Known // what does
}

// Known is a text that names somebody or something.
type Known struct {
	Text    string
	Instead string // what stands in its place: "[person]"
}

// leastKnown is how long a text must be to be searched for: shorter ones stand
// in too many others.
const leastKnown = 3

// patterns are the shapes of secrets, which are taken out in any case.
func patterns() []struct {
	shape   *regexp.Regexp
	instead string
} {
	return []struct {
		shape   *regexp.Regexp
		instead string
	}{
		{regexp.MustCompile(`AQIC[0-9A-Za-z*+/=_.%-]+`), "[ticket]"},
		{regexp.MustCompile(`(?s)-----BEGIN [^-]*-----.*?-----END [^-]*-----`), "[key or certificate]"},
		{regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*://)[^/\s"]+@`), "${1}[account]@"},
		{regexp.MustCompile(`(?i)(\b|\\[nrt])(authorization)(\\?"?\s*[:=]\s*\\?"?)(basic|bearer|digest|negotiate|ntlm)\s+[^\s",}\\]+`), "${1}${2}${3}${4} [secret]"},
		{regexp.MustCompile(`(?i)(\b|\\[nrt])(pin|puk|passcode|password|secret|token|sso)(\\?"?\s*[:=]\s*)("[^"\n]*"|\\"[^"\n]*\\")`), "${1}${2}${3}[secret]"},
		{regexp.MustCompile(`(?i)(\b|\\[nrt])(pin|puk|passcode|password|secret|token|sso|authorization)(\\?"?\s*[:=]\s*\\?"?)[^\s",}\\]+`), "${1}${2}${3}[secret]"},
		{regexp.MustCompile(`[0-9A-Fa-f]{48,}`), "[data]"},
		{regexp.MustCompile(`[0-9A-Za-z+/_=-]{48,}`), "[data]"},
	}
}

// uid is a user's number, as the directory gives it, and in certificates with
// the user's name behind it: "900000000017_OKAFOR GRACE".
func uid() *regexp.Regexp {
	return regexp.MustCompile(`(\b|_)[0-9]{12}(_[\pL\pM'’.-]+([_ ]\p{Lu}[\pL\pM'’.-]*)*|_|\b)`)
}

// Clean returns a text without what must not leave. Known names are found in
// any case, and as JSON writes them.
func (r Redactor) Clean(text string) string {
	if !r.Names {
		for _, k := range r.known() {
			text = k.shape.ReplaceAllLiteralString(text, k.instead)
		}
		text = uid().ReplaceAllString(text, "${1}[uid]")
	}
	for _, p := range patterns() {
		text = p.shape.ReplaceAllString(text, p.instead)
	}
	return text
}

type knownShape struct {
	shape   *regexp.Regexp
	instead string
	length  int
}

// known are the names to search for, the longest first, so that a home folder
// is gone before the name in it is looked for.
func (r Redactor) known() []knownShape {
	var all []knownShape
	for _, k := range r.Known {
		for _, text := range spellings(k.Text) {
			all = append(all, knownShape{regexp.MustCompile(`(?i)` + regexp.QuoteMeta(text)), k.Instead, len(text)})
		}
	}
	slices.SortStableFunc(all, func(a, b knownShape) int { return b.length - a.length })
	return all
}

// spellings are the ways a name may be written: as it is, as JSON and Go quote
// it, and each of its parts.
func spellings(text string) []string {
	text = strings.TrimSpace(text)
	if len(text) < leastKnown {
		return nil
	}
	all := []string{text}
	if quoted, err := json.Marshal(text); err == nil {
		all = append(all, string(quoted[1:len(quoted)-1]))
	}
	if !strings.ContainsAny(text, `/\`) {
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
			if len(part) > leastKnown {
				all = append(all, part)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
