package gpobject

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	// ErrUnreadable: not a gpOBJECT, or a parameter missing or doubled.
	ErrUnreadable = errors.New("gpOBJECT cannot be read")
	// ErrTooLarge: more octets or more parameters than any real document has.
	ErrTooLarge = errors.New("gpOBJECT is too large")
)

// Param is one gpPARAM. ID and OrgCode stand on role lines only; Encoding is
// "base64" on the signed challenge.
type Param struct{ Name, Value, ID, OrgCode, Encoding string }

// Object is a gpOBJECT: its parameters in the order of the document.
type Object struct{ Params []Param }

// Get returns the first value of a name.
func (o *Object) Get(name string) (string, bool) {
	for i := range o.Params {
		if o.Params[i].Name == name {
			return o.Params[i].Value, true
		}
	}
	return "", false
}

// Only returns the value of a name that stands exactly once. Anything else is
// an ErrUnreadable: which of two values counts is not for a reader to guess.
func (o *Object) Only(name string) (string, error) {
	value, found := "", false
	for i := range o.Params {
		if o.Params[i].Name != name {
			continue
		}
		if found {
			return "", fmt.Errorf("%w: parameter %s stands twice", ErrUnreadable, name)
		}
		value, found = o.Params[i].Value, true
	}
	if !found {
		return "", fmt.Errorf("%w: parameter %s is missing", ErrUnreadable, name)
	}
	return value, nil
}

// All returns the parameters called prefix0, prefix1, … in the order of their
// numbers, wherever they stand.
func (o *Object) All(prefix string) []Param {
	type numbered struct {
		n int
		p Param
	}
	var found []numbered
	for _, p := range o.Params {
		digits, ok := strings.CutPrefix(p.Name, prefix)
		if !ok || digits == "" || len(digits) > 6 || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil {
			continue
		}
		found = append(found, numbered{n, p})
	}
	slices.SortStableFunc(found, func(a, b numbered) int { return a.n - b.n })
	params := make([]Param, len(found))
	for i := range found {
		params[i] = found[i].p
	}
	return params
}

// Set gives a name its one value, in the place where it stands first, else at
// the end.
func (o *Object) Set(name, value string) *Object {
	i := slices.IndexFunc(o.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		return o.Add(Param{Name: name, Value: value})
	}
	o.Params[i].Value = value
	rest := slices.DeleteFunc(o.Params[i+1:], func(p Param) bool { return p.Name == name })
	o.Params = o.Params[:i+1+len(rest)]
	return o
}

// Add puts a parameter at the end.
func (o *Object) Add(p Param) *Object {
	o.Params = append(o.Params, p)
	return o
}
