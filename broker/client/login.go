package client

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/wire/answer"
	"lanyard/broker/wire/gpobject"
)

// The wire's constants for a smartcard.
const (
	authMethod = "3"
	appURL     = "NHST"
	cardType   = "p11"
	xmlBody    = "text/xml; charset=UTF-8"
)

// Activate asks for a challenge.
func (c *Client) Activate(ctx context.Context) (*Activation, error) {
	a := &Activation{logID: newLogID()}
	o := new(gpobject.Object).
		Set("service", "ACTIVATION").
		Set("auth_method", authMethod).
		Set("app_url", appURL).
		Set("log_session_id", a.logID).
		Set("device_id", c.device)
	r := c.post("activate", "/login/authactivate", o)
	got, err := c.ask(ctx, r, "challenge")
	if err != nil {
		return nil, err
	}
	if err := c.challenge(r, got, a); err != nil {
		return nil, err
	}
	text, _ := got.Get("reply_url")
	if a.reply, err = c.address(r, text, "/login/authvalidate"); err != nil {
		return nil, err
	}
	digests, there := got.Get("signature_digests")
	if a.Digests = digestsOf(digests, there); len(a.Digests) == 0 {
		return nil, c.failed(r, failure.ServerAnswer, errors.New("the server takes no digest that is known here"))
	}
	return a, nil
}

// challenge takes exactly what may be signed, and nothing else.
func (c *Client) challenge(r request, got *gpobject.Object, a *Activation) error {
	var err error
	if a.text, err = got.Only("challenge"); err != nil {
		return c.failed(r, failure.ServerAnswer, err)
	}
	if a.signature, err = got.Only("signature"); err != nil {
		return c.failed(r, failure.ServerAnswer, err)
	}
	octets, err := base64.StdEncoding.DecodeString(a.text)
	if err != nil || len(octets) != broker.ChallengeSize {
		return c.failed(r, failure.ServerChallenge, fmt.Errorf("a challenge must have %d octets", broker.ChallengeSize))
	}
	a.Challenge = octets
	return nil
}

// digestsOf reads what the server takes; a server that does not tell takes SHA-1.
func digestsOf(text string, there bool) []crypto.Hash {
	if !there {
		return []crypto.Hash{crypto.SHA256, crypto.SHA1}
	}
	var list []crypto.Hash
	for name := range strings.SplitSeq(text, ",") {
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "sha256":
			list = append(list, crypto.SHA256)
		case "sha1":
			list = append(list, crypto.SHA1)
		}
	}
	return list
}

// Validate hands over the signed challenge (a CMS) and takes the session. A
// session whose addresses are not the server's own is logged out again and the
// error is [failure.ServerRedirect].
func (c *Client) Validate(ctx context.Context, a *Activation, uid broker.UID, der []byte) (*SignOn, error) {
	o := new(gpobject.Object).
		Set("service", "AUTHENTICATION").
		Set("auth_method", authMethod).
		Set("app_url", appURL).
		Set("log_session_id", a.logID).
		Set("device_id", c.device).
		Set("challenge", a.text).
		Set("signature", a.signature).
		Set("uid", string(uid)).
		Set("card_type", cardType).
		Add(gpobject.Param{Name: "response", Value: answer.Wrap(der), Encoding: "base64"}).
		Set("mobility", "0")
	r := c.post("validate", "", o)
	r.url, r.again = a.reply, false // a challenge is good for one try
	got, err := c.ask(ctx, r, "sso_ticket")
	if err != nil {
		return nil, err
	}
	return c.signOn(ctx, r, got, uid, a.logID)
}

// signOn reads the validate answer, by name and never by position.
func (c *Client) signOn(ctx context.Context, r request, got *gpobject.Object, uid broker.UID, logID string) (*SignOn, error) {
	ticket, err := got.Only("sso_ticket")
	if err != nil || ticket == "" || len(ticket) > broker.MaxTicket {
		return nil, c.failed(r, failure.ServerAnswer, errors.New("the answer holds no ticket that can be used"))
	}
	s := &SignOn{
		Ticket: broker.NewTicket(ticket), UID: uid, LogID: logID,
		Idle: minutes(got, "sso_session_time"), Max: minutes(got, "sso_max_session_time"),
	}
	s.CN, _ = got.Get("cn")
	keep, _ := got.Get("sso_keep_alive")
	s.KeepAlive = strings.EqualFold(keep, "true")
	for _, p := range got.All(gpobject.RolePrefix) {
		if p.ID != "" {
			role := p.Role()
			s.Roles = append(s.Roles, Role{ID: role.ID, OrgCode: role.OrgCode, OrgName: role.OrgName, JobRole: role.JobRole})
		}
	}
	r.secrets = secretsOf(s.Ticket)
	logout, _ := got.Get("sso_logout_url")
	touch, _ := got.Get("sso_session_url")
	var logoutErr, touchErr error
	s.Logout, logoutErr = c.address(r, logout, "/login/authlogout")
	s.Session, touchErr = c.address(r, touch, "/sessionmanager/session/update")
	if err := errors.Join(logoutErr, touchErr); err != nil {
		return nil, c.giveUp(ctx, s, err)
	}
	return s, nil
}

// giveUp logs a session out at the server's usual address: its answer cannot be
// followed, and nobody else could end it.
func (c *Client) giveUp(ctx context.Context, s *SignOn, why error) error {
	s.Logout = c.at("/login/authlogout", nil)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.times.Whole)
	defer cancel()
	if err := c.Logout(ctx, s); err != nil {
		return errors.Join(why, err)
	}
	return why
}

// minutes reads a time of the wire; what cannot be read is 0, for not told.
func minutes(o *gpobject.Object, name string) time.Duration {
	text, _ := o.Get(name)
	n, err := strconv.Atoi(strings.TrimSpace(text))
	const week = 7 * 24 * 60
	if err != nil || n < 0 || n > week {
		return 0
	}
	return time.Duration(n) * time.Minute
}

// post makes the request of one gpOBJECT.
func (c *Client) post(op, path string, o *gpobject.Object) request {
	return request{
		op: op, method: http.MethodPost, url: c.at(path, nil), kind: xmlBody,
		body: o.Append(nil, gpobject.ClientDTD), limit: gpobject.MaxAnswerSize, again: true,
	}
}

// ask sends a request whose answer is a gpOBJECT; one without the wanted
// parameter is a refusal.
func (c *Client) ask(ctx context.Context, r request, wanted string) (*gpobject.Object, error) {
	a, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	o, err := gpobject.DecodeAnswer(a.body)
	if err != nil || a.status != http.StatusOK {
		return nil, c.refused(r, a)
	}
	if _, ok := o.Get(wanted); !ok {
		return nil, c.refused(r, a)
	}
	return o, nil
}

// newLogID is the word that ties the steps of one sign-on together in logs.
func newLogID() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
