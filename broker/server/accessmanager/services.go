package accessmanager

import (
	"context"
	"errors"
	"net/http"

	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
	"lanyard/broker/wire/pll"
)

var errService = errors.New("there is no service of this name")

// The texts of exceptions. Each stands behind the id it is about and a blank;
// clients know them.
const (
	invalidID     = "Invalid session ID." // and the id again
	timedOut      = "Session timed out."
	noPrivilege   = "No privilege to perform this operation."
	unknownMethod = "Unknown request method."
)

// services answers a set: one Response for each request.
func (h *Handler) services(ctx context.Context, r *exchange.Request, p profile) (*exchange.Answer, error) {
	if r.Method == http.MethodGet {
		return &exchange.Answer{Type: exchange.Text, Body: []byte("OpenSSO")}, nil
	}
	set, err := pll.ParseRequests(r.Body)
	if err != nil {
		return nil, exchange.Unreadable(err)
	}
	var requests []*pll.SessionRequest
	answers := make([][]byte, len(set.Inner))
	for i, text := range set.Inner {
		switch {
		case set.Is("session"):
			var q *pll.SessionRequest
			q, err = pll.ParseSession(text)
			requests = append(requests, q)
		case set.Is("naming", "com.iplanet.am.naming"):
			answers[i], err = p.naming(text)
		default:
			err = errService
		}
		if err != nil {
			return nil, exchange.Unreadable(err)
		}
	}
	for i, q := range requests { // all of them are readable: nothing is done by halves
		if answers[i], err = h.session(ctx, r, q); err != nil {
			return nil, exchange.SessionFault(err)
		}
	}
	return &exchange.Answer{Type: exchange.XML, Body: set.AppendResponses(nil, answers)}, nil
}

// session answers one request to the session service. Its error says nothing
// about a session: the store's.
func (h *Handler) session(ctx context.Context, r *exchange.Request, q *pll.SessionRequest) ([]byte, error) {
	if q.Requester == pll.ForeignRequester {
		return q.AppendException(nil, about(q.Session, noPrivilege)), nil
	}
	var err error
	switch q.Method {
	case pll.GetSession:
		return h.getSession(ctx, q)
	case pll.SetProperty:
		err = h.setProperty(ctx, q)
	case pll.DestroySession:
		err = h.destroy(ctx, r, q)
	case pll.Logout:
		_, err = h.Sessions.End(ctx, q.Session, session.LoggedOut)
	case pll.AddSessionListener:
		err = h.listen(ctx, q)
	default:
		return q.AppendException(nil, about(q.Session, unknownMethod)), nil
	}
	return done(q, q.Session, err)
}

// done writes OK or the exception of an error about an id.
func done(q *pll.SessionRequest, id string, err error) ([]byte, error) {
	var no *refused
	switch {
	case err == nil:
		return q.AppendOK(nil), nil
	case errors.As(err, &no):
		return q.AppendException(nil, no.text), nil
	case exchange.Ended(err):
		return q.AppendException(nil, exceptionOf(id, err)), nil
	default:
		return nil, err
	}
}

// refused is a no with its text for the wire; the text holds a ticket, and its
// Error does not.
type refused struct{ text string }

func (*refused) Error() string { return "request to the session service refused" }

// about is an exception's text about an id.
func about(id, message string) string {
	if id == "" {
		return message
	}
	return id + " " + message
}

// exceptionOf is the text about an id that has no live session.
func exceptionOf(id string, err error) string {
	if errors.Is(err, session.ErrTimedOut) {
		return about(id, timedOut)
	}
	return about(id, invalidID+id)
}

func (h *Handler) getSession(ctx context.Context, q *pll.SessionRequest) ([]byte, error) {
	sess, err := h.Sessions.Lookup(ctx, q.Session, session.Touch(q.Reset))
	if err != nil {
		return done(q, q.Session, err)
	}
	return q.AppendSession(nil, shown(sess, q.Session, h.Now())), nil
}

// destroy ends a session of the same user.
func (h *Handler) destroy(ctx context.Context, r *exchange.Request, q *pll.SessionRequest) error {
	own, err := h.Sessions.Lookup(ctx, q.Session, session.Peek)
	if err != nil {
		return err
	}
	other, err := h.Sessions.Lookup(ctx, q.Destroy, session.Peek)
	switch {
	case exchange.Ended(err):
		return &refused{exceptionOf(q.Destroy, err)}
	case err != nil:
		return err
	case other.UID != own.UID:
		return &refused{about(q.Session, noPrivilege)}
	}
	if _, err = h.Sessions.End(ctx, q.Destroy, session.Destroyed); exchange.Ended(err) {
		return nil // meanwhile by somebody else: it is what was asked for
	}
	if err == nil {
		h.Log.InfoContext(ctx, "ended by an application", "id", r.ID, "uid", own.UID, "session", other.ID, "by", own.ID)
	}
	return err
}
