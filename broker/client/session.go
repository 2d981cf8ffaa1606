package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/wire/gpobject"
)

// Limits of answers, in octets.
const (
	maxDone   = 64 << 10
	maxPlaces = 1 << 20
)

// SelectRole selects a role on a session, at sign-on or later.
func (c *Client) SelectRole(ctx context.Context, t broker.Ticket, id broker.RoleProfileID, m broker.SSBMode) error {
	q := url.Values{
		"token":           {t.Reveal()},
		"selectedRoleUid": {string(id)},
		"ssbMode":         {strconv.Itoa(int(m))},
		"fallbackStatus":  {"0"},
		"gacVersion":      {c.version},
	}
	return c.confirm(ctx, request{
		op: "select role", method: http.MethodGet, url: c.at("/saml/RoleSelectionGP.jsp", q),
		limit: maxDone, secrets: secretsOf(t),
	})
}

// KeepAlive tells the server that the session is in use. Where the server does
// not want that (sso_keep_alive is false) it only asks whether it still lives.
// An end is a [*broker.Refusal] with [failure.SessionEnded]; any other error
// says nothing about the session.
func (c *Client) KeepAlive(ctx context.Context, s *SignOn) error {
	if !s.KeepAlive {
		return c.peek(ctx, s.Ticket)
	}
	o := new(gpobject.Object).
		Set("service", "SESSIONUPDATE").
		Set("uid", string(s.UID)).
		Set("sso_ticket", s.Ticket.Reveal()).
		Set("log_session_id", s.LogID)
	return c.confirm(ctx, c.own("keep alive", s.Session, s.Ticket, o))
}

// Logout ends a session at the server.
func (c *Client) Logout(ctx context.Context, s *SignOn) error {
	o := new(gpobject.Object).
		Set("service", "LOGOUT").
		Set("log_session_id", s.LogID).
		Set("device_id", c.device).
		Set("uid", string(s.UID)).
		Set("sso_ticket", s.Ticket.Reveal())
	return c.confirm(ctx, c.own("logout", s.Logout, s.Ticket, o))
}

// own makes the request of a gpOBJECT that holds a ticket.
func (c *Client) own(op string, to *url.URL, t broker.Ticket, o *gpobject.Object) request {
	r := c.post(op, "", o)
	r.url, r.limit, r.secrets = to, maxDone, secretsOf(t)
	return r
}

// confirm sends a request whose answer is a bare yes or a refusal.
func (c *Client) confirm(ctx context.Context, r request) error {
	if !own(c.base, r.url) {
		return c.failed(r, failure.ServerRedirect, errors.New("the address is not the server's own"))
	}
	a, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	if !done(a) {
		return c.refused(r, a)
	}
	return nil
}

// Sessions tells where the user of the ticket is signed on.
func (c *Client) Sessions(ctx context.Context, t broker.Ticket) ([]broker.Place, error) {
	return c.places(ctx, request{op: "list sessions", method: http.MethodGet}, t)
}

// EndSession ends one of these sessions by its id, which is not a ticket.
func (c *Client) EndSession(ctx context.Context, t broker.Ticket, id string) error {
	body, err := json.Marshal(broker.EndPlace{End: id})
	if err != nil {
		return err
	}
	_, err = c.places(ctx, request{op: "end session", method: http.MethodPost, kind: "application/json", body: body}, t)
	return err
}

func (c *Client) places(ctx context.Context, r request, t broker.Ticket) ([]broker.Place, error) {
	r.url, r.bearer = c.at("/lanyard/v1/sessions", nil), t.Reveal()
	r.limit, r.secrets = maxPlaces, secretsOf(t)
	a, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	var p broker.Places
	if a.status != http.StatusOK || json.Unmarshal(bytes.TrimSpace(a.body), &p) != nil || p.Sessions == nil {
		return nil, c.refused(r, a)
	}
	return p.Sessions, nil
}
