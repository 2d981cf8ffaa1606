package exchange

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"lanyard/broker"
	"lanyard/broker/failure"
)

const (
	// MaxBody is the longest body of a request that is read, in octets.
	MaxBody = 64 << 10
	// maxDrain is how much of a longer body is thrown away so that its sender
	// gets to read the refusal, in octets.
	maxDrain = 16 << 20
	// maxAgent is how much of a User-Agent is kept, in octets.
	maxAgent = 120
)

// Request is a request whose body has been read.
type Request struct {
	ID            string // for the log and for the person who asks about it
	Method        string
	Caller        string // the caller's address without its port
	UserAgent     string // printable and shortened
	Authorization string // the header as it came
	Body          []byte
	Rest          string // of the path behind a route of [Router.AddUnder]; may be a ticket

	query string
}

// Param returns the value of a parameter of the query, or of a form in the
// body whatever its content type says. A parameter that stands twice, or whose
// escapes cannot be read, is an error.
func (r *Request) Param(name string) (value string, ok bool, err error) {
	parts := [...]string{r.query, ""}
	if r.Method == http.MethodPost {
		parts[1] = string(r.Body)
	}
	for _, rest := range parts {
		for rest != "" {
			var pair string
			pair, rest, _ = strings.Cut(rest, "&")
			key, text, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if key != name {
				continue
			}
			if ok {
				return "", false, fmt.Errorf("parameter %s stands twice", name)
			}
			if value, err = url.QueryUnescape(text); err != nil {
				return "", false, fmt.Errorf("escapes of parameter %s cannot be read", name)
			}
			ok = true
		}
	}
	return value, ok, nil
}

// Needed returns the value of a parameter that must be there and not be empty,
// without the blanks and line ends of a client that read it from a file. Its
// error is a refusal.
func (r *Request) Needed(name string) (string, error) {
	v, ok, err := r.Param(name)
	v = strings.TrimSpace(v)
	switch {
	case err != nil:
		return "", Unreadable(err)
	case !ok || v == "":
		return "", Unreadable(fmt.Errorf("parameter %s is missing", name))
	}
	return v, nil
}

var errTooLarge = fmt.Errorf("body is longer than %d octets", MaxBody)

// read takes a request in, up to the limits.
func read(h *http.Request, id string) (*Request, error) {
	r := &Request{
		ID:            id,
		Method:        h.Method,
		Caller:        callerOf(h.RemoteAddr),
		UserAgent:     Printable(h.UserAgent(), maxAgent),
		Authorization: h.Header.Get("Authorization"),
		query:         h.URL.RawQuery,
	}
	if h.Body == nil || h.Body == http.NoBody {
		return r, nil
	}
	if h.ContentLength > MaxBody && h.Header.Get("Expect") != "" {
		return r, Unreadable(errTooLarge)
	}
	body, err := readBody(h)
	if err != nil {
		return r, Unreadable(fmt.Errorf("body did not arrive: %w", err))
	}
	if len(body) > MaxBody {
		// Best effort: a sender who goes on for longer loses the refusal.
		_, _ = io.CopyN(io.Discard, h.Body, maxDrain)
		return r, Unreadable(errTooLarge)
	}
	r.Body = body
	return r, nil
}

// readBody reads a body to its end, or to one octet above the limit.
func readBody(h *http.Request) ([]byte, error) {
	if h.ContentLength < 0 || h.ContentLength > MaxBody {
		return io.ReadAll(io.LimitReader(h.Body, MaxBody+1))
	}
	body := make([]byte, h.ContentLength)
	_, err := io.ReadFull(h.Body, body)
	return body, err
}

func callerOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	return host
}

// Printable cuts text from outside to a length in octets and puts a blank for
// everything that is not printable ASCII, so that it can be kept and logged.
func Printable(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return ' '
		}
		return c
	}, s))
}

// Unreadable refuses a request that cannot be read.
func Unreadable(cause error) error { return Refuse(failure.ReqUnreadable, cause) }

// Refuse makes a refusal; the cause is for the log only.
func Refuse(code failure.Code, cause error) error {
	return &broker.Refusal{Code: code, Cause: cause}
}

// refusalOf returns the refusal in an error; an error that is none was not
// foreseen.
func refusalOf(err error) *broker.Refusal {
	var r *broker.Refusal
	if errors.As(err, &r) {
		return r
	}
	return &broker.Refusal{Code: failure.Internal, Cause: err}
}
