package sds

import (
	"bytes"
	"strings"
)

// Entry is one entry of the tree as it was read, wherever from.
type Entry struct {
	DN     string
	Line   int // of a file; 0 elsewhere
	Values []Value
}

// Value is one value of an attribute.
type Value struct {
	Name   string // as AttributeName writes it
	Octets []byte
	Line   int // of a file; 0 elsewhere
}

// AttributeName returns an attribute's name in lower case and without options
// (";lang-cy"), or nothing where it cannot be one.
func AttributeName(raw string) string {
	base, _, _ := strings.Cut(raw, ";")
	n := strings.ToLower(base)
	if strings.Trim(n, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
		return ""
	}
	return n
}

// first returns the first value of an attribute without blanks around it.
func (e *Entry) first(name string) string {
	for _, v := range e.Values {
		if v.Name == name {
			return string(bytes.TrimSpace(v.Octets))
		}
	}
	return ""
}

// all returns the values of an attribute that are not blank.
func (e *Entry) all(name string) []string {
	var found []string
	for _, v := range e.Values {
		if v.Name != name {
			continue
		}
		if s := bytes.TrimSpace(v.Octets); len(s) > 0 {
			found = append(found, string(s))
		}
	}
	return found
}

// lineOf returns where an attribute stands, else where the entry begins.
func (e *Entry) lineOf(name string) int {
	for _, v := range e.Values {
		if v.Name == name {
			return v.Line
		}
	}
	return e.Line
}
