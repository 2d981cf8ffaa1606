package sds

import (
	"fmt"
	"strings"
)

// Fault is an entry that is not served, and why.
type Fault struct {
	Line   int    // of the file it stands in, the first is 1; 0 where there is no file
	DN     string // as it was given, shortened; empty where it has none
	Reason string

	dn string // whole
}

// Error names line, entry and reason.
func (f *Fault) Error() string {
	switch {
	case f.Line == 0:
		return f.DN + ": " + f.Reason
	case f.DN == "":
		return fmt.Sprintf("line %d: %s", f.Line, f.Reason)
	default:
		return fmt.Sprintf("line %d, %s: %s", f.Line, f.DN, f.Reason)
	}
}

// maxShown is how much of a value goes into a text, in octets.
const maxShown = 200

// Faultf makes a fault of an entry.
func Faultf(line int, dn, format string, args ...any) *Fault {
	return &Fault{Line: line, DN: Shown(dn), Reason: fmt.Sprintf(format, args...), dn: dn}
}

// Shown makes a value fit for a line of a log: short, and without control
// characters.
func Shown(s string) string {
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
