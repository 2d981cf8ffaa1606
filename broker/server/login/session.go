package login

import (
	"context"
	"errors"
	"log/slog"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
)

var errOwner = errors.New("uid is not that of the ticket's session")

// logout ends a session. A ticket of ours whose session is over already gets
// the same answer: what was asked for is so.
func (h *Handler) logout(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	ticket, err := h.named(ctx, r, logout, session.Peek)
	if err != nil {
		return h.overAlready(err)
	}
	sess, err := h.Sessions.End(ctx, ticket, session.LoggedOut)
	if err != nil {
		return h.overAlready(exchange.SessionFault(err))
	}
	h.Log.LogAttrs(ctx, slog.LevelInfo, "signed out", slog.String("id", r.ID),
		slog.String("uid", string(sess.UID)), slog.String("session", sess.ID))
	return exchange.Done(), nil
}

// overAlready answers a logout that had nothing to end.
func (h *Handler) overAlready(err error) (*exchange.Answer, error) {
	if exchange.Ended(err) && !errors.Is(err, session.ErrUnreadable) {
		return exchange.Done(), nil
	}
	return nil, err
}

// update keeps a session alive.
func (h *Handler) update(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	if _, err := h.named(ctx, r, sessionUpdate, session.Use); err != nil {
		return nil, err
	}
	return exchange.Done(), nil
}

// named reads the ticket that a request names and finds its session, which
// must be the user's where a user is named. Its errors are refusals.
func (h *Handler) named(ctx context.Context, r *exchange.Request, step string, t session.Touch) (string, error) {
	f, err := readForm(r.Body, step)
	if err != nil {
		return "", err
	}
	ticket, err := f.needed("sso_ticket")
	if err != nil {
		return "", err
	}
	// Whose ticket it is comes first: another's request is no use of a session.
	sess, err := h.Sessions.Lookup(ctx, ticket, session.Peek)
	if sess != nil && f.get("uid") != "" && broker.UID(f.get("uid")) != sess.UID {
		return "", exchange.Refuse(failure.ReqUnreadable, errOwner)
	}
	if err == nil && t == session.Use {
		_, err = h.Sessions.Lookup(ctx, ticket, session.Use)
	}
	if err != nil {
		return "", exchange.SessionFault(err)
	}
	return ticket, nil
}
