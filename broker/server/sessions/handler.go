package sessions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
)

const path = "/lanyard/v1/sessions"

var (
	errBearer = errors.New("authorization is not a bearer ticket")
	errBody   = errors.New("body is not one object that names a session to end")
)

// Sessions is what the list needs of [session.Service].
type Sessions interface {
	Lookup(ctx context.Context, ticketText string, t session.Touch) (*session.Session, error)
	ByUser(ctx context.Context, uid broker.UID) ([]*session.Session, error)
	EndByID(ctx context.Context, owner broker.UID, id string) error
}

// Handler answers with the places where a user is signed on.
type Handler struct {
	Sessions Sessions
	Log      *slog.Logger
}

// Mount adds the route.
func (h *Handler) Mount(rt *exchange.Router) error {
	if h.Sessions == nil || h.Log == nil {
		return errors.New("sessions and log are needed")
	}
	rt.Add(path, exchange.Route{
		Methods: []string{http.MethodGet, http.MethodPost}, Form: exchange.RefusedJSON, Answer: h.answer,
	})
	return nil
}

func (h *Handler) answer(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	scheme, ticket, _ := strings.Cut(r.Authorization, " ")
	ticket = strings.TrimSpace(ticket)
	if !strings.EqualFold(scheme, "Bearer") || ticket == "" {
		return nil, exchange.Refuse(failure.SessionEnded, errBearer)
	}
	own, err := h.Sessions.Lookup(ctx, ticket, session.Use)
	if err != nil {
		return nil, exchange.SessionFault(err)
	}
	if r.Method == http.MethodPost {
		err := h.end(ctx, r, own)
		if errors.Is(err, session.ErrUnknown) {
			return nobodys(r), nil
		} else if err != nil {
			return nil, err
		}
	}
	return h.list(ctx, own)
}

// list answers with the user's live sessions.
func (h *Handler) list(ctx context.Context, own *session.Session) (*exchange.Answer, error) {
	live, err := h.Sessions.ByUser(ctx, own.UID)
	if err != nil {
		return nil, exchange.SessionFault(err)
	}
	places := broker.Places{Sessions: make([]broker.Place, 0, len(live))}
	for _, s := range live {
		places.Sessions = append(places.Sessions, broker.Place{
			ID: s.ID, Role: s.Role, Device: s.Device, Client: s.Client,
			Created: s.Created, LastUsed: s.LastUsed, This: s.ID == own.ID,
		})
	}
	body, err := json.Marshal(places)
	if err != nil {
		return nil, err
	}
	return &exchange.Answer{Type: exchange.JSON, Body: append(body, '\n')}, nil
}

// end ends the session that a body names, where it belongs to the same user,
// else it is [session.ErrUnknown]. One that has ended already is what was asked
// for.
func (h *Handler) end(ctx context.Context, r *exchange.Request, own *session.Session) error {
	var wish broker.EndPlace
	d := json.NewDecoder(bytes.NewReader(r.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(&wish); err != nil || wish.End == "" {
		return exchange.Unreadable(errBody)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return exchange.Unreadable(errBody)
	}
	err := h.Sessions.EndByID(ctx, own.UID, wish.End)
	switch {
	case errors.Is(err, session.ErrUnknown):
		return err
	case err != nil && !exchange.Ended(err):
		return exchange.SessionFault(err)
	}
	h.Log.LogAttrs(ctx, slog.LevelInfo, "ended from elsewhere", slog.String("id", r.ID),
		slog.String("uid", string(own.UID)), slog.String("session", exchange.Printable(wish.End, 64)), slog.String("by", own.ID))
	return nil
}

// nobodys is the answer about a session that is nobody's or another's: which of
// the two is not told.
func nobodys(r *exchange.Request) *exchange.Answer {
	f, _ := failure.Lookup(failure.SessionEnded)
	a := exchange.RefusedJSON(f, r)
	a.Status, a.Code = http.StatusNotFound, f.Code
	return a
}
