package accessmanager

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/server/assertion"
	"lanyard/broker/server/exchange"
	"lanyard/broker/session"
)

// DefaultPrefix is where the services are unless the site says otherwise.
const DefaultPrefix = "/amserver"

// Sessions is what the services need of [session.Service].
type Sessions interface {
	Lookup(ctx context.Context, ticketText string, t session.Touch) (*session.Session, error)
	End(ctx context.Context, ticketText string, why session.EndReason) (*session.Session, error)
	SetProperties(ctx context.Context, ticketText string, set map[string]string) (*session.Session, error)
	Listen(ctx context.Context, ticketText, address string) (*session.Session, error)
}

// Poster delivers documents to addresses that it allows.
type Poster interface {
	Check(address string) error
	Send(address string, body []byte) error
}

// Assertions answers the attribute queries of the SOAP receiver.
type Assertions interface {
	Append(ctx context.Context, dst []byte, q assertion.Question) ([]byte, error)
}

// Handler answers the services.
type Handler struct {
	Base       string   // the server's own address
	Prefixes   []string // where the services are: "/amserver"
	People     directory.Directory
	Sessions   Sessions
	Assertions Assertions
	Listeners  *Listeners
	Log        *slog.Logger
	Now        func() time.Time
}

// Mount adds the routes under each prefix.
func (h *Handler) Mount(rt *exchange.Router) error {
	if h.People == nil || h.Sessions == nil || h.Assertions == nil || h.Listeners == nil || h.Log == nil || h.Now == nil {
		return errors.New("people, sessions, assertions, listeners, log and clock are all needed")
	}
	for _, prefix := range h.Prefixes {
		if !strings.HasPrefix(prefix, "/") || strings.HasSuffix(prefix, "/") || strings.ContainsAny(prefix, "?#%&<\"") {
			return fmt.Errorf("prefix %q is not of the form /name", prefix)
		}
		profile, err := profileOf(h.Base, prefix)
		if err != nil {
			return err
		}
		h.mount(rt, prefix, profile)
	}
	return nil
}

func (h *Handler) mount(rt *exchange.Router, prefix string, profile profile) {
	both := []string{http.MethodGet, http.MethodPost}
	services := exchange.Route{Methods: both, Form: exchange.Plain, Answer: func(ctx context.Context, r *exchange.Request) (*exchange.Answer, error) {
		return h.services(ctx, r, profile)
	}}
	rt.Add(prefix+"/namingservice", services)
	rt.Add(prefix+"/sessionservice", services)
	identity := func(answer exchange.Func) exchange.Route {
		return exchange.Route{Methods: both, Form: identityRefusal, Answer: answer}
	}
	rt.Add(prefix+"/identity/isTokenValid", identity(h.isTokenValid))
	rt.Add(prefix+"/identity/attributes", identity(h.attributes))
	rt.Add(prefix+"/identity/logout", identity(h.identityLogout))
	rt.AddUnder(prefix+"/json/sessions/", exchange.Route{
		Methods: []string{http.MethodPost}, Form: exchange.RefusedJSON, Answer: h.action,
	})
	rt.Add(prefix+"/SAMLSOAPReceiver", exchange.Route{Methods: []string{http.MethodPost}, Form: soapFault, Answer: h.soap})
}

// withPort returns an address with its port, which clients want named.
func withPort(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("base address %q cannot be read", base)
	}
	if u.Port() == "" {
		u.Host += ":443"
	}
	return u.Scheme + "://" + u.Host, nil
}

// principal is the distinguished name that people have on this wire.
func principal(uid broker.UID) string { return "uid=" + string(uid) + ",ou=People,o=nhs" }
