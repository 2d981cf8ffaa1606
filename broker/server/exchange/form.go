package exchange

import (
	"encoding/json"
	"net/http"

	"lanyard/broker"
	"lanyard/broker/failure"
)

// entryOf finds what the catalogue says about a code that a handler refused
// with; a code the catalogue has no HTTP status for is a fault of the handler.
func entryOf(c failure.Code) failure.Entry {
	if e, ok := failure.Lookup(c); ok && e.Status != 0 {
		return e
	}
	e, _ := failure.Lookup(failure.Internal)
	return e
}

// Status is the form of role selection's no. Clients look for the letters O
// and K anywhere in the body, so it holds nothing but the code and, where only
// the log knows more, a reference in hexadecimal.
func Status(f failure.Entry, r *Request) *Answer {
	ref := ""
	if f.Code == failure.Internal {
		ref = "<REF>" + r.ID + "</REF>"
	}
	return &Answer{
		Status: f.Status, Type: HTML,
		Body: []byte("<HTML><STATUS>FAILED</STATUS><CODE>" + string(f.Code) + "</CODE>" + ref + "</HTML>"),
	}
}

// RefusedJSON is the form of the no of Lanyard's own addresses.
func RefusedJSON(f failure.Entry, r *Request) *Answer {
	body, err := json.Marshal(broker.RefusedJSON{Code: string(f.Code), Text: Words(f, r)})
	if err != nil {
		return Plain(f, r)
	}
	return &Answer{Status: f.Status, Type: JSON, Body: append(body, '\n')}
}

// Words says a refusal in plain words, with the request's id where only the
// server's log knows more.
func Words(f failure.Entry, r *Request) string {
	if f.Code == failure.Internal {
		return f.WireText() + " Reference: " + r.ID + "."
	}
	return f.WireText()
}

// Plain is the form of the no where only people read it.
func Plain(f failure.Entry, r *Request) *Answer {
	return &Answer{Status: f.Status, Type: Text, Body: []byte(string(f.Code) + ": " + Words(f, r) + "\n")}
}

// notFound is the answer at an address where nothing is.
func notFound() *Answer {
	return &Answer{Status: http.StatusNotFound, Type: Text, Body: []byte("There is nothing at this address.\n")}
}
