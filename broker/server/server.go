package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"lanyard/broker/server/accessmanager"
	"lanyard/broker/server/assertion"
	"lanyard/broker/server/exchange"
	"lanyard/broker/server/login"
	"lanyard/broker/server/notify"
	"lanyard/broker/server/role"
	"lanyard/broker/server/sessions"
	"lanyard/broker/session"
	"lanyard/card/trust"
)

// Server is an Identity Server.
type Server struct {
	config   Config
	sessions *session.Service
	trust    *trust.Store
	router   *exchange.Router
	poster   *notify.Sender
	told     *accessmanager.Listeners
	patience patience
}

// New makes a server. It starts nothing: see [Server.Run].
func New(c Config) (*Server, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	s := &Server{config: c, patience: defaultPatience()}
	s.poster = notify.New(notify.Config{Hosts: c.AccessManager.Listeners, TLS: c.AccessManager.ListenerTLS, Log: c.Log})
	s.told = accessmanager.NewListeners(s.poster, c.Log, c.Now)
	c.Sessions.Changed = s.told.Tell
	var err error
	if s.sessions, err = session.New(c.Sessions); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	s.told.Tokens = s.sessions
	if s.trust, err = trust.New(c.Trust); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	for _, fault := range s.trust.Faults() {
		c.Log.Warn("revocation list cannot be used", "error", fault)
	}
	if err := s.mount(); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	return s, nil
}

// mount makes the rooms and puts each at its routes.
func (s *Server) mount() error {
	c := &s.config
	challenges, err := c.challenges()
	if err != nil {
		return err
	}
	s.router = exchange.NewRouter(exchange.NewGate(c.Places, defaultWait), defaultRequest, c.Log)
	s.router.Add("/healthz", exchange.Route{
		Methods: []string{http.MethodGet, http.MethodHead}, Form: exchange.Plain, Answer: healthy,
	})
	assertions := &assertion.Handler{Base: c.Base, People: c.Directory, Sessions: s.sessions, Now: c.Now}
	rooms := []interface{ Mount(*exchange.Router) error }{
		&login.Handler{
			Base: c.Base, Challenges: challenges, People: c.Directory, Sessions: s.sessions, Trust: login.NewChains(s.trust),
			Policy: login.Policy{SHA1: c.Trust.Policy.AllowSHA1, RSA1024: c.Trust.Policy.AllowRSA1024},
			Times:  login.Times{Idle: c.Sessions.Times.Idle, Max: c.Sessions.Times.Max},
			Log:    c.Log, Now: c.Now,
		},
		&role.Handler{People: c.Directory, Sessions: s.sessions, Log: c.Log, Now: c.Now},
		assertions,
		&sessions.Handler{Sessions: s.sessions, Log: c.Log},
		&accessmanager.Handler{
			Base: c.Base, Prefixes: c.AccessManager.Prefixes, People: c.Directory, Sessions: s.sessions, Assertions: assertions,
			Listeners: s.told, Log: c.Log, Now: c.Now,
		},
	}
	for _, room := range rooms {
		if err := room.Mount(s.router); err != nil {
			return fmt.Errorf("mount %T: %w", room, err)
		}
	}
	return nil
}

// Reload reads the revocation lists and the directory again. What cannot be
// used changes nothing and is in the error.
func (s *Server) Reload() error {
	err := s.trust.Reload()
	if d, ok := s.config.Directory.(interface{ Reload() error }); ok {
		err = errors.Join(err, d.Reload())
	}
	return err
}

func healthy(context.Context, *exchange.Request) (*exchange.Answer, error) {
	return &exchange.Answer{Type: exchange.Text, Body: []byte("up\n")}, nil
}
