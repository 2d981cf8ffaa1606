package client

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/wire/saml11"
)

// maxAssertion is the largest role assertion, in octets: some users hold role
// profiles in hundreds of organisations.
const maxAssertion = 2 << 20

// success is the text by which deployed clients decide.
var success = []byte(`<samlp:StatusCode Value="samlp:Success"/>`)

// noRole is what servers say before a role was selected.
const noRole = "no role selected"

// Assertion fetches the role assertion of a session: a SAML 1.1 response, as
// the server wrote it. An answer that is none of success is a [*broker.Refusal].
func (c *Client) Assertion(ctx context.Context, t broker.Ticket) ([]byte, error) {
	r := request{
		op: "role assertion", method: http.MethodGet,
		url:   c.at("/saml/RoleAssertion", url.Values{"token": {t.Reveal()}}),
		limit: maxAssertion, secrets: secretsOf(t),
	}
	a, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	if a.status != http.StatusOK {
		return nil, c.refused(r, a)
	}
	if bytes.Contains(a.body, success) {
		return a.body, nil
	}
	no, err := saml11.Parse(a.body)
	if err != nil || no.OK() {
		return nil, c.refused(r, a)
	}
	said := &Said{Status: a.status, Text: shorten(scrub(no.Message, r.secrets))}
	return nil, &broker.Refusal{Code: assertionCode(said.Text), Cause: said}
}

// assertionCode reads the code that a server of ours writes before its words.
func assertionCode(text string) failure.Code {
	if strings.Contains(text, noRole) {
		return failure.RoleRefused
	}
	for _, code := range codeWord.FindAllString(text, -1) {
		if known(failure.Code(code)) {
			return failure.Code(code)
		}
	}
	return failure.ServerRefused
}

var codeWord = regexp.MustCompile(`\b[A-Z]+(?:-[A-Z]+)*\b`)
