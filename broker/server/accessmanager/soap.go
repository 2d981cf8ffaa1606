package accessmanager

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/server/assertion"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
	"lanyard/broker/wire/saml11"
)

var errForeignName = errors.New("the subject's name is not that of the ticket's holder")

// soapFault is the form of the no to what is not answered with a Response.
func soapFault(f failure.Entry, r *exchange.Request) *exchange.Answer {
	server, status := f.Status >= http.StatusInternalServerError, http.StatusInternalServerError
	if f.Status == http.StatusServiceUnavailable {
		status = f.Status
	}
	return &exchange.Answer{
		Status: status, Type: exchange.XML,
		Body: saml11.AppendFault(nil, server, string(f.Code)+": "+exchange.Words(f, r)),
	}
}

// soap answers one SAML request. Whatever could be read gets a Response, in
// which a no stands as its status.
func (h *Handler) soap(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	q, err := saml11.ParseRequest(r.Body)
	if err != nil {
		return nil, exchange.Unreadable(err)
	}
	a := &exchange.Answer{Type: exchange.XML}
	body, err := h.response(ctx, r, q)
	if err != nil {
		body, a.Code = h.soapNo(r, q, err)
	}
	a.Body = saml11.AppendEnvelope(nil, func(dst []byte) []byte { return append(dst, body...) })
	return a, nil
}

// response makes the Response to a request.
func (h *Handler) response(ctx context.Context, r *exchange.Request, q *saml11.Request) ([]byte, error) {
	switch {
	case q.Version != "1.1":
		return h.failed(r, q, saml11.StatusVersionMismatch, "SAML 1.1 is what this server speaks."), nil
	case q.Question == saml11.AskArtifact:
		return h.failed(r, q, saml11.StatusRequester, "The artifact is unknown: this server issues none."), nil
	case q.Question == saml11.AskReference:
		return h.failed(r, q, saml11.StatusRequester, "The assertion is unknown: this server keeps none."), nil
	}
	sess, err := h.Sessions.Lookup(ctx, q.Ticket, session.Peek)
	if err != nil {
		return nil, exchange.SessionFault(err)
	}
	if !names(q.Name, sess.UID) {
		return nil, exchange.Refuse(failure.SessionEnded, errForeignName)
	}
	if q.Question == saml11.AskAuthentication {
		return h.authentication(ctx, r, q, sess)
	}
	return h.Assertions.Append(ctx, nil, assertion.Question{
		Ticket: q.Ticket, Recipient: r.Caller, InResponseTo: q.ID, Touch: session.Peek,
	})
}

// names tells whether a NameIdentifier is a user's; none is nobody's else.
func names(name string, uid broker.UID) bool {
	return name == "" || name == string(uid) || strings.EqualFold(strings.ReplaceAll(name, " ", ""), principal(uid))
}

func (h *Handler) authentication(ctx context.Context, r *exchange.Request, q *saml11.Request, sess *session.Session) ([]byte, error) {
	user, err := h.person(ctx, sess)
	if err != nil {
		return nil, err
	}
	a := saml11.RoleAssertion{
		Issuer: h.Base, Recipient: r.Caller, InResponseTo: q.ID, IssueInstant: h.Now(), AuthInstant: sess.AuthTime,
		User: user, Ticket: session.AsIssued(q.Ticket),
	}
	a.NewIDs()
	return a.AppendAuthentication(nil), nil
}

// soapNo turns a refusal into a Response.
func (h *Handler) soapNo(r *exchange.Request, q *saml11.Request, err error) ([]byte, failure.Code) {
	var no *broker.Refusal
	code := failure.Internal
	if errors.As(err, &no) {
		code = no.Code
	}
	f, _ := failure.Lookup(code)
	status := saml11.StatusRequester
	if f.Status >= http.StatusInternalServerError {
		status = saml11.StatusResponder
		h.Log.Warn("SAML request was not answered", "id", r.ID, "code", code, "error", err)
	}
	message := fmt.Sprintf("%s: %s", code, exchange.Words(f, r))
	if errors.Is(err, assertion.ErrNoRole) {
		message = assertion.ErrNoRole.Error()
	}
	return h.failed(r, q, status, message), code
}

func (h *Handler) failed(r *exchange.Request, q *saml11.Request, status, message string) []byte {
	return saml11.AppendFailure(nil, saml11.Failure{
		ResponseID: saml11.NewID(), Recipient: r.Caller, InResponseTo: q.ID,
		IssueInstant: h.Now(), Status: status, Message: message,
	})
}
