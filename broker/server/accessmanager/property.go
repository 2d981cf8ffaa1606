package accessmanager

import (
	"context"
	"errors"
	"strings"

	"lanyard/broker/session"
	"lanyard/broker/wire/pll"
)

// protectedPrefix begins the names that a client library keeps for the server.
const protectedPrefix = "am.protected."

// setProperty keeps what a client says of a session.
func (h *Handler) setProperty(ctx context.Context, q *pll.SessionRequest) error {
	sess, err := h.Sessions.Lookup(ctx, q.Session, session.Peek)
	if err != nil {
		return err
	}
	no := &refused{about(q.Session, noPrivilege)}
	set := make(map[string]string, len(q.Properties))
	for _, p := range q.Properties {
		if p.Name == "" || protected(sess, p.Name) {
			return no
		}
		set[p.Name] = p.Value
	}
	if _, err = h.Sessions.SetProperties(ctx, q.Session, set); errors.Is(err, session.ErrFull) {
		return no
	}
	return err
}

// protected tells a name that is the server's, in any case.
func protected(s *session.Session, name string) bool {
	if strings.HasPrefix(strings.ToLower(name), protectedPrefix) {
		return true
	}
	for _, p := range serverProperties(s, "") {
		if strings.EqualFold(p.Name, name) {
			return true
		}
	}
	return false
}

// listen keeps an address that wants to be told of a session's end.
func (h *Handler) listen(ctx context.Context, q *pll.SessionRequest) error {
	sess, err := h.Sessions.Lookup(ctx, q.Session, session.Peek)
	if err != nil {
		return err
	}
	no := &refused{about(q.Session, noPrivilege)}
	if err := h.Listeners.Post.Check(q.URL); err != nil {
		h.Log.WarnContext(ctx, "listener refused", "session", sess.ID, "error", err)
		return no
	}
	if sess, err = h.Sessions.Listen(ctx, q.Session, q.URL); errors.Is(err, session.ErrFull) {
		return no
	} else if err != nil {
		return err
	}
	h.Listeners.expect(sess, q.Session)
	return nil
}
