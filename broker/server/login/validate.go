package login

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
	"lanyard/broker/wire/answer"
	"lanyard/broker/wire/gpobject"
)

var (
	errContent = errors.New("what was signed is not the challenge")
	errUsed    = errors.New("challenge was answered before")
)

// validate takes a signed challenge and makes a session. The checks come in an
// order in which nothing about a person is told, and nothing is stored, before
// the signature was verified.
func (h *Handler) validate(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	q, err := h.readAnswer(r.Body)
	if err != nil {
		return nil, err
	}
	now := h.Now()
	octets, err := h.Challenges.Open(q.challenge, q.seal, now)
	if err != nil {
		return nil, exchange.Refuse(failure.ChallengeStale, err)
	}
	if err := h.checkSignature(q.signed, octets); err != nil {
		return nil, err
	}
	if err := h.checkCertificate(ctx, q.signed, now); err != nil {
		return nil, err
	}
	user, open, err := h.holder(ctx, q, now)
	if err != nil {
		return nil, err
	}
	print := sha256.Sum256(q.signed.Signer.Raw)
	sess, ticket, err := h.Sessions.Create(ctx, session.SignOn{
		UID: user.UID, AuthTime: now, CertSHA256: hex.EncodeToString(print[:]),
		Device: q.form.device(), Client: r.UserAgent, Once: markOf(octets),
	})
	if errors.Is(err, session.ErrExists) {
		return nil, exchange.Refuse(failure.ChallengeStale, errUsed)
	} else if err != nil {
		return nil, exchange.SessionFault(err)
	}
	h.Log.LogAttrs(ctx, slog.LevelInfo, "signed on", slog.String("id", r.ID), slog.String("uid", string(user.UID)),
		slog.String("session", sess.ID), slog.String("certificate", sess.CertSHA256))
	return h.answer(h.welcome(q.form, r, user, open, ticket)), nil
}

// signedAnswer is what a client sends to validate.
type signedAnswer struct {
	form            form
	challenge, seal string
	uid             broker.UID
	signed          *answer.Answer
}

// readAnswer reads all of the request. Its errors are refusals.
func (h *Handler) readAnswer(body []byte) (*signedAnswer, error) {
	f, err := readForm(body, authentication)
	if err != nil {
		return nil, err
	}
	q := &signedAnswer{form: f}
	if q.challenge, err = f.needed("challenge"); err != nil {
		return nil, err
	}
	if q.seal, err = f.needed("signature"); err != nil {
		return nil, err
	}
	uid, err := f.needed("uid")
	if err != nil {
		return nil, err
	}
	if q.uid, err = broker.ParseUID(uid); err != nil {
		return nil, exchange.Unreadable(err)
	}
	response, err := f.needed("response")
	if err != nil {
		return nil, err
	}
	q.signed, err = h.readResponse(response)
	return q, err
}

// readResponse reads the signed challenge. Its errors are refusals.
func (h *Handler) readResponse(response string) (*answer.Answer, error) {
	der, err := answer.Unwrap(response)
	if err != nil {
		return nil, exchange.Unreadable(fmt.Errorf("response: %w", err))
	}
	a, err := answer.ParseWith(h.Trust.Certificate, der)
	switch {
	case errors.Is(err, answer.ErrUnsupported):
		return nil, exchange.Refuse(failure.SigDigest, err)
	case err != nil:
		return nil, exchange.Unreadable(fmt.Errorf("response: %w", err))
	}
	return a, nil
}

// checkSignature checks that the challenge was signed, and how.
func (h *Handler) checkSignature(a *answer.Answer, challenge []byte) error {
	if !bytes.Equal(a.Content, challenge) {
		return exchange.Refuse(failure.SigWrong, errContent)
	}
	if err := bearable(a.Signer.PublicKey); err != nil {
		return exchange.Refuse(failure.SigDigest, err)
	}
	if err := a.Verify(); err != nil {
		return exchange.Refuse(failure.SigWrong, err)
	}
	if err := errors.Join(h.Policy.checkDigest(a.Digest), h.Policy.checkKey(a.Signer.PublicKey)); err != nil {
		return exchange.Refuse(failure.SigDigest, err)
	}
	return nil
}

// holder finds the person whose card signed, and the roles they may choose from.
func (h *Handler) holder(ctx context.Context, q *signedAnswer, now time.Time) (*broker.User, []broker.RoleProfile, error) {
	uid, err := broker.UIDOf(q.signed.Signer)
	if err != nil {
		return nil, nil, exchange.Refuse(failure.CertUsage, err)
	}
	if uid != q.uid {
		return nil, nil, exchange.Refuse(failure.UserUnknown, fmt.Errorf("card is of %s, sign-on is for %s", uid, q.uid))
	}
	user, err := h.People.User(ctx, uid)
	switch {
	case err != nil:
		return nil, nil, exchange.DirectoryFault(err)
	case !user.Active:
		return nil, nil, exchange.Refuse(failure.UserClosed, fmt.Errorf("user %s is not active", uid))
	}
	open := user.OpenRoles(now)
	if len(open) == 0 {
		return nil, nil, exchange.Refuse(failure.UserNoRole, fmt.Errorf("none of %d roles of user %s is open", len(user.Roles), uid))
	}
	return user, open, nil
}

// welcome is the answer with the ticket.
func (h *Handler) welcome(f form, r *exchange.Request, user *broker.User, roles []broker.RoleProfile, ticket broker.Ticket) *gpobject.Object {
	o := &gpobject.Object{Params: make([]gpobject.Param, 0, 16+len(roles))}
	o.Params = append(o.Params,
		gpobject.Param{Name: "log_session_id", Value: f.get("log_session_id")},
		gpobject.Param{Name: "error_url", Value: h.Base + errorPath},
		gpobject.Param{Name: "server_ip", Value: r.Caller},
		gpobject.Param{Name: "cn", Value: user.CN()},
	)
	for i := range roles {
		o.Params = append(o.Params, gpobject.RoleParam(i, &roles[i]))
	}
	o.Params = append(o.Params,
		gpobject.Param{Name: "gas_version", Value: gasVersion},
		gpobject.Param{Name: "sso_ticket", Value: ticket.Reveal()},
		gpobject.Param{Name: "sso_domain", Value: h.domain},
		gpobject.Param{Name: "sso_session_url", Value: h.Base + updatePath},
		gpobject.Param{Name: "sso_max_session_time", Value: minutes(h.Times.Max.Minutes())},
		gpobject.Param{Name: "sso_keep_alive", Value: "true"},
		gpobject.Param{Name: "sso_session_time", Value: minutes(h.Times.Idle.Minutes())},
		gpobject.Param{Name: "sso_logout_url", Value: h.Base + logoutPath},
		gpobject.Param{Name: "auth_method", Value: authMethod},
		gpobject.Param{Name: "app_url", Value: f.zone()},
		gpobject.Param{Name: "service", Value: authentication},
	)
	return o
}
