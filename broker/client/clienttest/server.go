package clienttest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
)

// Ticket begins every ticket the server gives out: a test can look for it. It
// holds letters that a URL must encode.
const Ticket = "AQIC5wM2LY4SfcwSecretOf+Test/Ticket"

// ticketEnd ends every ticket, as in the wire's form.
const ticketEnd = "=@AAJTSQACMDE=#"

// Path of the requests, by which faults are set.
const (
	Activate  = "/login/authactivate"
	Validate  = "/login/authvalidate"
	Logout    = "/login/authlogout"
	Update    = "/sessionmanager/session/update"
	OldUpdate = "/login/ssoupdate"
	Select    = "/saml/RoleSelectionGP.jsp"
	Assertion = "/saml/RoleAssertion"
	Peek      = "/amserver/sessionservice"
	Sessions  = "/lanyard/v1/sessions"
)

// Server is an Identity Server that misbehaves on command.
type Server struct {
	tb        testing.TB
	http      *httptest.Server
	Authority *Authority

	mu       sync.Mutex
	faults   map[string]Fault
	edit     map[string]func(string) string
	seen     []Seen
	conns    int
	tickets  map[string]broker.UID
	roles    map[string]string
	given    map[string]string // challenge -> signature
	hanging  chan struct{}     // closed at the end
	Old      bool              // the second layout of the validate answer
	Passive  bool              // sso_keep_alive is false
	NumRoles int
}

// Seen is a request that came.
type Seen struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

// Options make a server that is wrong from the start.
type Options struct {
	Certificate *tls.Certificate // instead of a right one
	MaxVersion  uint16           // of TLS, 0 for any
}

// New starts a server on loopback; it ends with the test.
func New(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := &Server{
		tb: tb, Authority: NewAuthority(tb), faults: map[string]Fault{}, edit: map[string]func(string) string{},
		tickets: map[string]broker.UID{}, roles: map[string]string{}, given: map[string]string{},
		hanging: make(chan struct{}), NumRoles: 1,
	}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	cert := s.Authority.Server("127.0.0.1", time.Now().Add(time.Hour))
	if o.Certificate != nil {
		cert = *o.Certificate
	}
	s.http.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: o.MaxVersion}
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.http.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.mu.Lock()
			s.conns++
			s.mu.Unlock()
		}
	}
	s.http.StartTLS()
	tb.Cleanup(s.Close)
	return s
}

// Close ends the server; what hangs is let go. A second time does nothing.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.hanging:
	default:
		close(s.hanging)
	}
	s.mu.Unlock()
	s.http.Close()
}

// Host is the server's address.
func (s *Server) Host() string { return s.http.Listener.Addr().String() }

// Profile is one by which the server is reached.
func (s *Server) Profile() client.Profile {
	return client.Profile{
		Name: "local", Colour: "#00aa00", BaseURL: "https://" + s.Host(),
		Anchors: []*x509.Certificate{s.Authority.Cert}, Proxy: "direct",
	}
}

// Break makes the requests of a path fail; an empty path means all of them, and
// [Fault] zero heals.
func (s *Server) Break(path string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[path] = f
}

// Edit changes the answers of a path before they are sent.
func (s *Server) Edit(path string, f func(string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.edit[path] = f
}

// Seen returns the requests of a path.
func (s *Server) Seen(path string) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Seen
	for _, r := range s.seen {
		if r.Path == path {
			list = append(list, r)
		}
	}
	return list
}

// Connections counts the connections that were made.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// Live counts the sessions that live.
func (s *Server) Live() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tickets)
}

// Grant makes a session without a sign-on.
func (s *Server) Grant(uid broker.UID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grant(uid)
}

// grant makes a ticket; mu is held.
func (s *Server) grant(uid broker.UID) string {
	t := Ticket + strings.Repeat("A", len(s.tickets)) + ticketEnd
	s.tickets[t] = uid
	return t
}

// End ends every session, as an administrator would.
func (s *Server) End() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tickets)
}
