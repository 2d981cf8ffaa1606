package client

import (
	"strings"

	"lanyard/broker/failure"
)

// Error is a request that came to no answer that can be used. Its text never
// holds a URL with a ticket, nor the ticket.
type Error struct {
	Code failure.Code
	Op   string // "validate"
	Host string // the server's, or the proxy's
	Err  error  // the cause, free of secrets too
}

// Error names request, host, code and cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op + " at " + e.Host + ": " + string(e.Code))
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Said is what the server wrote beside a refusal's code: the cause of the
// [broker.Refusal] that this package returns.
type Said struct {
	Status int    // of HTTP
	Text   string // error_text, shortened
	Ref    string // by which the server's log finds it, where it gave one
}

// Error gives the server's words.
func (s *Said) Error() string {
	text := s.Text
	if text == "" {
		text = "no text"
	}
	if s.Ref != "" {
		text += " (" + s.Ref + ")"
	}
	return text
}

// hide takes the secrets of a request out of an error that a library or the
// server made of them. An error without any stays as it is.
func hide(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	clean := scrub(text, secrets)
	if clean == text {
		return err
	}
	return flat(clean)
}

// scrub blanks secrets, in whatever way they were written in a URL.
func scrub(text string, secrets []string) string {
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, "[ticket]")
	}
	return text
}

// flat is an error of which only the text is left.
type flat string

func (f flat) Error() string { return string(f) }
