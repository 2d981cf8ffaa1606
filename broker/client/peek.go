package client

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"
	"strings"

	"lanyard/broker"
	"lanyard/broker/failure"
)

// peek asks the session service whether a ticket's session lives, without
// touching it: what there is on servers that do not want to be told of use
// (GetSession with reset=false, access-manager contract part 2).
func (c *Client) peek(ctx context.Context, t broker.Ticket) error {
	r := request{
		op: "look at session", method: http.MethodPost, url: c.at("/amserver/sessionservice", nil),
		kind: xmlBody, body: peekBody(t), limit: maxDone, again: true, secrets: secretsOf(t),
	}
	a, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	switch {
	case a.status == http.StatusOK && bytes.Contains(a.body, []byte("<Exception>")) && ended(a.body):
		return &broker.Refusal{Code: failure.SessionEnded, Cause: &Said{Status: a.status, Text: "the session service knows no live session"}}
	case a.status == http.StatusOK && bytes.Contains(a.body, []byte(`state="valid"`)):
		return nil
	default:
		return c.refused(r, a)
	}
}

// ended tells whether an Exception says that there is no live session.
func ended(body []byte) bool {
	return bytes.Contains(body, []byte("Session timed out")) || bytes.Contains(body, []byte("Invalid session ID"))
}

// peekBody is the request set, its one request in a CDATA section.
func peekBody(t broker.Ticket) []byte {
	var id strings.Builder
	_ = xml.EscapeText(&id, []byte(t.Reveal())) // a Builder takes everything
	return []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<RequestSet vers="1.0" svcid="session" reqid="1">
<Request><![CDATA[<SessionRequest vers="1.0" reqid="1"><GetSession reset="false"><SessionID>` +
		strings.ReplaceAll(id.String(), "]]>", "") + `</SessionID></GetSession></SessionRequest>]]></Request>
</RequestSet>
`)
}
