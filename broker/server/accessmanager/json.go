package accessmanager

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"lanyard/broker"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
)

var errAction = errors.New("there is no such action")

const realm = "/"

// noSession is every time of a session that there is not.
const noSession = -1

// valid is the answer to validate.
type valid struct {
	Valid bool       `json:"valid"`
	UID   broker.UID `json:"uid,omitempty"`
	Realm string     `json:"realm,omitempty"`
}

// refreshed is the answer to refresh: seconds, and minutes for the maxima.
type refreshed struct {
	UID        broker.UID `json:"uid"`
	Realm      string     `json:"realm"`
	Idle       int        `json:"idletime"`
	MaxIdle    int        `json:"maxidletime"`
	MaxSession int        `json:"maxsessiontime"`
	Left       int        `json:"maxtime"`
}

// action does what the parameter _action says with the session whose ticket
// ends the path.
func (h *Handler) action(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
	action, err := r.Needed("_action")
	if err != nil {
		return nil, err
	}
	if action == "logout" {
		return h.jsonLogout(ctx, r.Rest)
	}
	sess, err := h.Sessions.Lookup(ctx, r.Rest, session.Touch(action == "refresh"))
	switch {
	case exchange.Ended(err):
		sess = nil
	case err != nil:
		return nil, exchange.SessionFault(err)
	}
	body := h.told(action, sess)
	if body == nil {
		return nil, exchange.Unreadable(errAction)
	}
	return asJSON(body)
}

// told answers an action about a session, nil for one that is not live; it
// returns nil where there is no such action.
func (h *Handler) told(action string, sess *session.Session) any {
	if sess == nil {
		return deadTold(action)
	}
	now := h.Now()
	left, idle := seconds(sess.Until().Sub(now)), seconds(now.Sub(sess.IdleSince()))
	maxIdle, maxSession := int(sess.IdleAfter/time.Minute), int(sess.MaxAfter/time.Minute)
	switch action {
	case "validate":
		return valid{Valid: true, UID: sess.UID, Realm: realm}
	case "isActive":
		return map[string]bool{"active": true}
	case "getTimeLeft":
		return map[string]int{"maxtime": left}
	case "getIdle":
		return map[string]int{"idletime": idle}
	case "getMaxIdle":
		return map[string]int{"maxidletime": maxIdle}
	case "getMaxSessionTime":
		return map[string]int{"maxsessiontime": maxSession}
	case "refresh":
		return refreshed{UID: sess.UID, Realm: realm, Idle: idle, MaxIdle: maxIdle, MaxSession: maxSession, Left: left}
	default:
		return nil
	}
}

// deadTold answers about a ticket without a live session.
func deadTold(action string) any {
	switch action {
	case "validate", "refresh":
		return valid{}
	case "isActive":
		return map[string]bool{"active": false}
	case "getTimeLeft":
		return map[string]int{"maxtime": noSession}
	case "getIdle":
		return map[string]int{"idletime": noSession}
	case "getMaxIdle":
		return map[string]int{"maxidletime": noSession}
	case "getMaxSessionTime":
		return map[string]int{"maxsessiontime": noSession}
	default:
		return nil
	}
}

func seconds(d time.Duration) int { return int(max(d, 0) / time.Second) }

func (h *Handler) jsonLogout(ctx context.Context, token string) (*exchange.Answer, error) {
	result := "Successfully logged out"
	if _, err := h.Sessions.End(ctx, token, session.LoggedOut); exchange.Ended(err) {
		result = "Token has expired"
	} else if err != nil {
		return nil, exchange.SessionFault(err)
	}
	return asJSON(map[string]string{"result": result})
}

func asJSON(v any) (*exchange.Answer, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return &exchange.Answer{Type: exchange.JSON, Body: body}, nil
}
