package ldif

import (
	"fmt"
	"strings"
)

// Fault is an entry of the file that is not served, and why.
type Fault struct {
	Line   int    // the first is 1
	DN     string // as it stands in the file, shortened; empty where it has none
	Reason string

	dn string // whole
}

// Error names line, entry and reason.
func (f *Fault) Error() string {
	if f.DN == "" {
		return fmt.Sprintf("line %d: %s", f.Line, f.Reason)
	}
	return fmt.Sprintf("line %d, %s: %s", f.Line, f.DN, f.Reason)
}

// maxShown is how much of a value from the file goes into a text, in octets.
const maxShown = 200

func faultf(line int, dn, format string, args ...any) *Fault {
	return &Fault{Line: line, DN: shown(dn), Reason: fmt.Sprintf(format, args...), dn: dn}
}

// shown makes a value fit for a line of a log.
func shown(s string) string {
	if len(s) > maxShown {
		s = s[:maxShown] + "…"
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return '?'
		}
		return c
	}, strings.ToValidUTF8(s, "?"))
}

// Faults are all entries that are not served.
type Faults struct {
	First []*Fault // the first 1000
	Count int
}

const maxFaults = 1000

func (f *Faults) add(x *Fault) {
	f.Count++
	if len(f.First) < maxFaults {
		f.First = append(f.First, x)
	}
}
