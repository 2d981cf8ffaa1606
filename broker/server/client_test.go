package server_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lanyard/broker"
	"lanyard/broker/wire/answer"
	"lanyard/broker/wire/gpobject"
)

// reply is an answer of the server.
type reply struct {
	status int
	header http.Header
	body   string
}

// send makes a request to a path with its query.
func (r *realm) send(method, path, body string, header ...string) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "https://"+r.addr+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := r.http.Do(req)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, strings.SplitN(path, "?", 2)[0], err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(text)}
}

func (r *realm) post(path string, o *gpobject.Object) reply {
	r.t.Helper()
	return r.send(http.MethodPost, path, string(o.Append(nil, gpobject.ClientDTD)))
}

// object reads the answer as a gpOBJECT.
func (p reply) object(t *testing.T) *gpobject.Object {
	t.Helper()
	o, err := gpobject.DecodeAnswer([]byte(p.body))
	if err != nil {
		t.Fatalf("answer %d is no gpOBJECT: %v\n%s", p.status, err, p.body)
	}
	return o
}

func (p reply) get(t *testing.T, name string) string {
	t.Helper()
	v, err := p.object(t).Only(name)
	if err != nil {
		t.Fatalf("%v in\n%s", err, p.body)
	}
	return v
}

func object(pairs ...string) *gpobject.Object {
	o := new(gpobject.Object)
	for i := 0; i+1 < len(pairs); i += 2 {
		o.Set(pairs[i], pairs[i+1])
	}
	return o
}

func activation() *gpobject.Object {
	return object("service", "ACTIVATION", "auth_method", "3", "app_url", "NHST",
		"log_session_id", "a1b2", "device_id", "WARD7,ClientIP=10.0.0.7")
}

func (r *realm) activate() reply {
	r.t.Helper()
	p := r.post("/login/authactivate", activation())
	if p.status != http.StatusOK {
		r.t.Fatalf("activate: %d %s", p.status, p.body)
	}
	return p
}

// answerTo makes the request that answers a challenge with a card.
func (c *smartcard) answerTo(t *testing.T, active reply, h crypto.Hash) *gpobject.Object {
	t.Helper()
	challenge, err := base64.StdEncoding.DecodeString(active.get(t, "challenge"))
	if err != nil || len(challenge) != broker.ChallengeSize {
		t.Fatalf("challenge of %d octets: %v", len(challenge), err)
	}
	return c.envelope(t, active, c.signed(t, challenge, h))
}

// signed is the CMS over a challenge.
func (c *smartcard) signed(t *testing.T, challenge []byte, h crypto.Hash) []byte {
	t.Helper()
	der, err := answer.Build(t.Context(), challenge, c.cert, h, func(_ context.Context, digest []byte) ([]byte, error) {
		return c.key.Sign(rand.Reader, digest, h)
	})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// envelope puts a CMS into the validate request.
func (c *smartcard) envelope(t *testing.T, active reply, der []byte) *gpobject.Object {
	t.Helper()
	o := object("service", "AUTHENTICATION", "auth_method", "3", "app_url", "NHST", "log_session_id", "a1b2",
		"device_id", "WARD7,ClientIP=10.0.0.7", "challenge", active.get(t, "challenge"), "signature", active.get(t, "signature"),
		"uid", string(c.uid), "card_type", "p11", "mobility", "0")
	return o.Add(gpobject.Param{Name: "response", Encoding: "base64", Value: answer.Wrap(der)})
}

// try signs on with a card and returns whatever the server says.
func (r *realm) try(c *smartcard) reply {
	r.t.Helper()
	return r.post("/login/authvalidate", c.answerTo(r.t, r.activate(), crypto.SHA256))
}

// signOn signs on with a card and returns the ticket.
func (r *realm) signOn(c *smartcard) string {
	r.t.Helper()
	p := r.try(c)
	if p.status != http.StatusOK {
		r.t.Fatalf("validate: %d %s\n%s", p.status, p.body, r.log)
	}
	return p.get(r.t, "sso_ticket")
}

func (r *realm) selectRole(ticket, role string) reply {
	r.t.Helper()
	q := url.Values{"token": {ticket}, "selectedRoleUid": {role}, "ssbMode": {"0"}, "fallbackStatus": {"0"}, "gacVersion": {"GACv10. 0. 0. 1"}}
	return r.send(http.MethodGet, "/saml/RoleSelectionGP.jsp?"+q.Encode(), "")
}

func (r *realm) assertion(ticket string) reply {
	r.t.Helper()
	return r.send(http.MethodGet, "/saml/RoleAssertion?token="+url.QueryEscape(ticket), "")
}

func (r *realm) keepAlive(ticket string) reply {
	r.t.Helper()
	return r.post("/sessionmanager/session/update", object("service", "SESSIONUPDATE", "uid", string(grace), "sso_ticket", ticket, "log_session_id", "a1b2"))
}

func (r *realm) logout(ticket string) reply {
	r.t.Helper()
	return r.post("/login/authlogout", object("service", "LOGOUT", "uid", string(grace), "sso_ticket", ticket, "log_session_id", "a1b2"))
}

const yes = "<HTML><STATUS>OK</STATUS></HTML>"

const success = `<samlp:StatusCode Value="samlp:Success"/>`
