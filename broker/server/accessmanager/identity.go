package accessmanager

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
)

// The classes that clients look for in a refusal of an identity call.
const (
	tokenExpired   = "com.sun.identity.idsvcs.TokenExpired"
	generalFailure = "com.sun.identity.idsvcs.GeneralFailure"
)

// identityRefusal is the form of the identity calls' no.
func identityRefusal(f failure.Entry, r *exchange.Request) *exchange.Answer {
	class, status := generalFailure, http.StatusUnauthorized
	if f.Code == failure.SessionEnded {
		class = tokenExpired
	}
	if f.Status >= http.StatusInternalServerError {
		status = http.StatusInternalServerError
	}
	return &exchange.Answer{
		Status: status, Type: exchange.Text,
		Body: []byte("exception.name=" + class + " " + string(f.Code) + ": " + exchange.Words(f, r) + "\n"),
	}
}

func (h *Handler) isTokenValid(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	token, err := r.Needed("tokenid")
	if err != nil {
		return nil, err
	}
	_, err = h.Sessions.Lookup(ctx, token, session.Peek)
	if err != nil && !exchange.Ended(err) {
		return nil, exchange.SessionFault(err)
	}
	return &exchange.Answer{Type: exchange.Text, Body: fmt.Appendf(nil, "boolean=%t\n", err == nil)}, nil
}

// attributes tells all about a ticket: roles first, as clients want it.
func (h *Handler) attributes(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	token, err := r.Needed("subjectid")
	if err != nil {
		return nil, err
	}
	sess, err := h.Sessions.Lookup(ctx, token, session.Peek)
	if err != nil {
		return nil, exchange.SessionFault(err)
	}
	user, err := h.person(ctx, sess)
	if err != nil {
		return nil, err
	}
	var b details
	b.line("userdetails.token.id", token)
	for _, role := range user.OpenRoles(h.Now()) {
		b.line("userdetails.role", string(role.ID))
	}
	for _, a := range [...][2]string{
		{"uid", string(user.UID)}, {"cn", user.CN()}, {"sn", user.Surname}, {"givenname", user.GivenName}, {"mail", user.Mail},
	} {
		b.attribute(a[0], a[1])
	}
	for _, p := range properties(sess, token) {
		b.attribute(p.Name, p.Value)
	}
	return &exchange.Answer{Type: exchange.Text, Body: []byte(b.String())}, nil
}

// person returns a session's user, who must still be one. Its errors are
// refusals.
func (h *Handler) person(ctx context.Context, sess *session.Session) (*broker.User, error) {
	user, err := h.People.User(ctx, sess.UID)
	switch {
	case err != nil:
		return nil, exchange.DirectoryFault(err)
	case !user.Active:
		return nil, exchange.Refuse(failure.UserClosed, fmt.Errorf("user %s is not active any more", user.UID))
	}
	return user, nil
}

// details are lines of names and values. A value never breaks its line.
type details struct{ strings.Builder }

func (d *details) line(name, value string) {
	d.WriteString(name + "=" + strings.NewReplacer("\r", " ", "\n", " ").Replace(value) + "\n")
}

// attribute writes a name and its value, nothing for an empty one.
func (d *details) attribute(name, value string) {
	if value != "" {
		d.line("userdetails.attribute.name", name)
		d.line("userdetails.attribute.value", value)
	}
}

func (h *Handler) identityLogout(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	token, err := r.Needed("subjectid")
	if err != nil {
		return nil, err
	}
	if _, err := h.Sessions.End(ctx, token, session.LoggedOut); err != nil {
		return nil, exchange.SessionFault(err)
	}
	return &exchange.Answer{Type: exchange.Text}, nil
}
