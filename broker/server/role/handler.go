package role

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/failure"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
)

const path = "/saml/RoleSelectionGP.jsp"

// Sessions is what role selection needs of [session.Service].
type Sessions interface {
	Lookup(ctx context.Context, ticketText string, t session.Touch) (*session.Session, error)
	SelectRole(ctx context.Context, ticketText string, role broker.RoleProfileID, mode broker.SSBMode) (*session.Session, error)
}

// Handler answers role selections.
type Handler struct {
	People   directory.Directory
	Sessions Sessions
	Log      *slog.Logger
	Now      func() time.Time
}

// Mount adds the route.
func (h *Handler) Mount(rt *exchange.Router) error {
	if h.People == nil || h.Sessions == nil || h.Log == nil || h.Now == nil {
		return errors.New("people, sessions, log and clock are all needed")
	}
	rt.Add(path, exchange.Route{
		Methods: []string{http.MethodGet, http.MethodPost}, Form: exchange.Status, Answer: h.choose,
	})
	return nil
}

// choose keeps the role that a session is used in from now on.
func (h *Handler) choose(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	ticket, err := r.Needed("token")
	if err != nil {
		return nil, err
	}
	id, err := r.Needed("selectedRoleUid")
	if err != nil {
		return nil, err
	}
	mode, err := modeOf(r)
	if err != nil {
		return nil, err
	}
	sess, err := h.Sessions.Lookup(ctx, ticket, session.Use)
	if err != nil {
		return nil, exchange.SessionFault(err)
	}
	if err := h.allowed(ctx, sess, broker.RoleProfileID(id), mode); err != nil {
		h.Log.LogAttrs(ctx, slog.LevelWarn, "role refused", slog.String("id", r.ID), slog.String("uid", string(sess.UID)),
			slog.String("session", sess.ID), slog.String("role", exchange.Printable(id, 64)), slog.String("error", err.Error()))
		return nil, err
	}
	if _, err := h.Sessions.SelectRole(ctx, ticket, broker.RoleProfileID(id), mode); err != nil {
		return nil, exchange.SessionFault(err)
	}
	h.Log.LogAttrs(ctx, slog.LevelInfo, "role selected", slog.String("id", r.ID), slog.String("uid", string(sess.UID)),
		slog.String("session", sess.ID), slog.String("role", id), slog.Int("mode", int(mode)))
	return exchange.Done(), nil
}

// modeOf reads ssbMode: 0, 1, or nothing, which means 0.
func modeOf(r *exchange.Request) (broker.SSBMode, error) {
	text, _, err := r.Param("ssbMode")
	if err != nil {
		return 0, exchange.Unreadable(err)
	}
	switch text {
	case "", "0":
		return broker.LiveMode, nil
	case "1":
		return broker.TrainingMode, nil
	default:
		return 0, exchange.Unreadable(errors.New("ssbMode is neither 0 nor 1"))
	}
}

// allowed tells whether a role may be used in a session. Its errors are refusals.
func (h *Handler) allowed(ctx context.Context, sess *session.Session, id broker.RoleProfileID, mode broker.SSBMode) error {
	user, err := h.People.User(ctx, sess.UID)
	switch {
	case errors.Is(err, directory.ErrUnknown):
		return exchange.Refuse(failure.RoleRefused, err)
	case err != nil:
		return exchange.DirectoryFault(err)
	case !user.Active:
		return exchange.Refuse(failure.RoleRefused, fmt.Errorf("user %s is not active", user.UID))
	}
	profile, ok := user.OpenRole(id, h.Now())
	switch {
	case !ok:
		return exchange.Refuse(failure.RoleRefused, fmt.Errorf("it is no open role of user %s", user.UID))
	case mode == broker.TrainingMode && !profile.Training:
		return exchange.Refuse(failure.RoleRefused, errors.New("it allows no training"))
	}
	return nil
}
