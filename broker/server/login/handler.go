package login

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
)

// Where the steps are.
const (
	activatePath = "/login/authactivate"
	validatePath = "/login/authvalidate"
	logoutPath   = "/login/authlogout"
	updatePath   = "/sessionmanager/session/update"
	oldUpdate    = "/login/ssoupdate"
	dtdPath      = "/login/dtd"
	errorPath    = "/login/error"
)

// What the documents say that is the same in all of them.
const (
	// gasVersion is the version of the real service whose documents these are.
	gasVersion  = "5.2.7"
	gacVersion  = "3.9.1" // the newest agent a client is told of
	authMethod  = "3"     // smartcard
	defaultZone = "NHST"  // the realm
)

// Sessions is what the login needs of [session.Service].
type Sessions interface {
	Create(ctx context.Context, on session.SignOn) (*session.Session, broker.Ticket, error)
	Lookup(ctx context.Context, ticketText string, t session.Touch) (*session.Session, error)
	End(ctx context.Context, ticketText string, why session.EndReason) (*session.Session, error)
}

// Handler answers the steps of the login.
type Handler struct {
	Base       string // the server's own address, without a slash at its end
	Challenges *Challenges
	People     directory.Directory
	Sessions   Sessions
	Trust      *Chains
	Policy     Policy
	Times      Times
	Log        *slog.Logger
	Now        func() time.Time

	domain  string
	answers exchange.Pool
}

// check reports all that is missing together.
func (h *Handler) check() error {
	var errs []error
	u, err := url.Parse(h.Base)
	if err != nil || u.Hostname() == "" {
		errs = append(errs, errors.New("base address names no host"))
	} else {
		h.domain = u.Hostname()
	}
	if h.Challenges == nil || h.People == nil || h.Sessions == nil || h.Trust == nil {
		errs = append(errs, errors.New("challenges, people, sessions and trust are all needed"))
	}
	if h.Log == nil || h.Now == nil {
		errs = append(errs, errors.New("log and clock are needed"))
	}
	if h.Times.Idle < time.Minute || h.Times.Max < time.Minute {
		errs = append(errs, errors.New("idle and maximum time must be a minute at least: clients are told minutes"))
	}
	return errors.Join(errs...)
}

// Mount adds the routes of the login.
func (h *Handler) Mount(rt *exchange.Router) error {
	if err := h.check(); err != nil {
		return err
	}
	post := []string{http.MethodPost}
	rt.Add(activatePath, exchange.Route{Methods: post, Form: h.refusal, Answer: h.activate})
	rt.Add(validatePath, exchange.Route{Methods: post, Form: h.refusal, Answer: h.validate})
	// One client logs out by GET with a body.
	rt.Add(logoutPath, exchange.Route{Methods: []string{http.MethodPost, http.MethodGet}, Form: h.refusal, Answer: h.logout})
	for _, path := range []string{updatePath, oldUpdate} {
		rt.Add(path, exchange.Route{Methods: post, Form: h.refusal, Answer: h.update})
	}
	get := []string{http.MethodGet, http.MethodHead}
	rt.Add(dtdPath, exchange.Route{Methods: get, Form: exchange.Plain, Answer: serveDTD})
	rt.Add(errorPath, exchange.Route{Methods: get, Form: exchange.Plain, Answer: serveHelp})
	return nil
}
