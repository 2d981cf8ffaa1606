package assertion

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/failure"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
	"lanyard/broker/wire/saml11"
)

const (
	path = "/saml/RoleAssertion"
	// noRole is what an application is told before a role was selected.
	noRole = "no role selected"
)

// Sessions is what the assertion needs of [session.Service].
type Sessions interface {
	Lookup(ctx context.Context, ticketText string, t session.Touch) (*session.Session, error)
}

// Handler answers with role assertions.
type Handler struct {
	Base     string // the server's own address, the issuer of its assertions
	People   directory.Directory
	Sessions Sessions
	Now      func() time.Time

	answers exchange.Pool
	roles   openRoles
}

// Mount adds the route.
func (h *Handler) Mount(rt *exchange.Router) error {
	if h.Base == "" || h.People == nil || h.Sessions == nil || h.Now == nil {
		return errors.New("base address, people, sessions and clock are all needed")
	}
	rt.Add(path, exchange.Route{
		Methods: []string{http.MethodGet, http.MethodPost}, Form: h.refusal, Answer: h.assert,
	})
	return nil
}

// assert answers with the role assertion of a ticket's session.
func (h *Handler) assert(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	token, err := r.Needed("token")
	if err != nil {
		return nil, err
	}
	answer := h.answers.Answer(exchange.XML)
	answer.Body, err = h.Append(ctx, answer.Body, Question{Ticket: token, Recipient: r.Caller, Touch: session.Use})
	if errors.Is(err, ErrNoRole) {
		a := h.no(r, saml11.StatusRequester, noRole)
		a.Code = failure.RoleRefused
		return a, nil
	} else if err != nil {
		return nil, err
	}
	return answer, nil
}

// ErrNoRole is the cause of the refusal before a role was selected. Its text is
// what applications are told.
var ErrNoRole = errors.New(noRole)

// Question is what an assertion is asked for with.
type Question struct {
	Ticket       string // in any spelling
	Recipient    string // who asks
	InResponseTo string // the request's id; empty for none
	Touch        session.Touch
}

// Append appends the response to a question. Its errors are refusals.
func (h *Handler) Append(ctx context.Context, dst []byte, q Question) ([]byte, error) {
	sess, err := h.Sessions.Lookup(ctx, q.Ticket, q.Touch)
	if err != nil {
		return dst, exchange.SessionFault(err)
	}
	if sess.Role == "" {
		return dst, exchange.Refuse(failure.RoleRefused, ErrNoRole)
	}
	now := h.Now()
	user, open, err := h.holder(ctx, sess, now)
	if err != nil {
		return dst, err
	}
	a := saml11.RoleAssertion{
		Issuer: h.Base, Recipient: q.Recipient, InResponseTo: q.InResponseTo,
		IssueInstant: now, AuthInstant: sess.AuthTime,
		User: user, Role: sess.Role, Mode: sess.Mode, Ticket: session.AsIssued(q.Ticket), Written: open.written,
	}
	a.NewIDs()
	return a.Append(dst), nil
}

// holder returns the session's user and open roles, the selected one among
// them. Its errors are refusals.
func (h *Handler) holder(ctx context.Context, sess *session.Session, now time.Time) (*broker.User, *written, error) {
	user, err := h.People.User(ctx, sess.UID)
	switch {
	case err != nil:
		return nil, nil, exchange.DirectoryFault(err)
	case !user.Active:
		return nil, nil, exchange.Refuse(failure.UserClosed, fmt.Errorf("user %s is not active any more", user.UID))
	}
	if open := h.roles.of(user, now); slices.Contains(open.ids, sess.Role) {
		return user, open, nil
	}
	return nil, nil, exchange.Refuse(failure.RoleRefused, fmt.Errorf("role %s of user %s is not open any more", sess.Role, user.UID))
}

// refusal is the form of the assertion's no.
func (h *Handler) refusal(f failure.Entry, r *exchange.Request) *exchange.Answer {
	status := saml11.StatusRequester
	if f.Status >= http.StatusInternalServerError {
		status = saml11.StatusResponder
	}
	return h.no(r, status, string(f.Code)+": "+exchange.Words(f, r))
}

// no is a response without an assertion.
func (h *Handler) no(r *exchange.Request, status, message string) *exchange.Answer {
	return &exchange.Answer{Type: exchange.XML, Body: saml11.AppendFailure(nil, saml11.Failure{
		ResponseID: saml11.NewID(), Recipient: r.Caller,
		IssueInstant: h.Now(), Status: status, Message: message,
	})}
}
