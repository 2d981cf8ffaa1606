package accessmanager

import (
	"context"

	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
	"lanyard/broker/wire/pll"
)

// setProperty refuses: what the server sets is protected, and clients may set
// nothing of their own.
func (h *Handler) setProperty(ctx context.Context, q *pll.SessionRequest) error {
	if _, err := h.Sessions.Lookup(ctx, q.Session, session.Peek); err != nil {
		return err
	}
	return &refused{about(q.Session, noPrivilege)}
}

// listen refuses: no address may be told of sessions.
func (h *Handler) listen(ctx context.Context, _ *exchange.Request, q *pll.SessionRequest) error {
	if _, err := h.Sessions.Lookup(ctx, q.Session, session.Peek); err != nil {
		return err
	}
	return &refused{about(q.Session, noPrivilege)}
}
