package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/wire/gpobject"
)

// maxText is how much of the server's words is kept, in octets.
const maxText = 300

// refused makes the error of an answer that is a no, in whatever form it came.
// An answer of a front end, which knows nothing of the contract, is told by its
// status.
func (c *Client) refused(r request, a *response) error {
	code, said := read(a)
	said.Status = a.status
	if said.Ref == "" {
		said.Ref = shorten(a.header.Get("X-Request-Id"))
	}
	said.Text = shorten(scrub(said.Text, r.secrets))
	switch {
	case known(code):
		return &broker.Refusal{Code: code, Cause: said}
	case a.status >= 300 && a.status < 400:
		return c.redirected(r, a)
	case a.status == http.StatusProxyAuthRequired:
		return c.failed(r, failure.NetProxy, fmt.Errorf("status %d", a.status))
	case a.status == http.StatusBadGateway, a.status == http.StatusServiceUnavailable, a.status == http.StatusGatewayTimeout:
		return c.failed(r, failure.ServerDown, fmt.Errorf("status %d", a.status))
	case a.status >= 400 || said.Text != "":
		if said.Text == "" {
			said.Text = fmt.Sprintf("status %d", a.status)
		}
		return &broker.Refusal{Code: failure.ServerRefused, Cause: said}
	default:
		return c.failed(r, failure.ServerAnswer, errors.New("the answer is not what the contract says"))
	}
}

// redirected refuses to be sent elsewhere.
func (c *Client) redirected(r request, a *response) error {
	to, err := r.url.Parse(a.header.Get("Location"))
	if err != nil || own(c.base, to) {
		return c.failed(r, failure.ServerAnswer, fmt.Errorf("status %d", a.status))
	}
	return c.failed(r, failure.ServerRedirect, fmt.Errorf("status %d", a.status))
}

// known tells whether a code is one that servers refuse with.
func known(c failure.Code) bool {
	e, ok := failure.Lookup(c)
	return ok && e.Status != 0
}

// read finds code, words and reference in a refusal: a gpOBJECT, the document of
// role selection, or JSON; else the phrases of old servers.
func read(a *response) (failure.Code, *Said) {
	if code, said, ok := readJSON(a.body); ok {
		return code, said
	}
	if code, said, ok := readStatus(a.body); ok {
		return code, said
	}
	if o, err := gpobject.DecodeAnswer(a.body); err == nil {
		code, _ := o.Get("error_code")
		said := &Said{}
		said.Text, _ = o.Get("error_text")
		said.Ref, _ = o.Get("error_ref")
		said.Ref = shorten(said.Ref)
		if code != "" || said.Text != "" {
			return failure.Code(code), said
		}
	}
	for _, phrase := range []string{"Failed To Validate", "Invalid input request"} {
		if bytes.Contains(a.body, []byte(phrase)) {
			return "", &Said{Text: phrase}
		}
	}
	return "", &Said{}
}

func readJSON(body []byte) (failure.Code, *Said, bool) {
	var j broker.RefusedJSON
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) || json.Unmarshal(body, &j) != nil || j.Code == "" {
		return "", nil, false
	}
	return failure.Code(j.Code), &Said{Text: j.Text}, true
}

var (
	statusFailed = regexp.MustCompile(`(?i)<STATUS>\s*FAILED\s*</STATUS>`)
	statusCode   = regexp.MustCompile(`(?i)<CODE>\s*([A-Z-]{1,40})\s*</CODE>`)
)

func readStatus(body []byte) (failure.Code, *Said, bool) {
	if !statusFailed.Match(body) {
		return "", nil, false
	}
	said := &Said{Text: "failed"}
	if m := statusCode.FindSubmatch(body); m != nil {
		return failure.Code(m[1]), said, true
	}
	return "", said, true
}

// shorten keeps the server's words fit for a log: one line, printable, short.
func shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return strings.TrimSpace(s)
}

// done tells whether an answer is the server's yes to a logout, a keep alive or
// a selection.
func done(a *response) bool {
	return a.status == http.StatusOK && bytes.Contains(a.body, []byte("OK")) && !statusFailed.Match(a.body)
}
