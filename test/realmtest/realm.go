package realmtest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lanyard/assets"
	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/broker/client"
	"lanyard/broker/directory/ldif"
	"lanyard/broker/server"
	"lanyard/broker/session"
	"lanyard/broker/session/bolt"
	"lanyard/broker/wire/saml11"
	"lanyard/card"
	"lanyard/card/trust"
	"lanyard/card/virtual"
)

// People of the demo's directory.
const (
	ThreeRoles broker.UID = "900000000017" // Grace Okafor
	OneRole    broker.UID = "900000000025" // Siân Llywelyn-Rhys
)

// Options of a realm; the zero value is usable.
type Options struct {
	Times  session.Times // zero: 10 h idle, 10 h at most
	Log    *slog.Logger  // nil: silence
	Around func(http.Handler) http.Handler
	People []byte // LDIF; nil: the demo's directory
}

// Realm is a running Identity Server and what stands behind it.
type Realm struct {
	Base     string
	CA       *ca.Authority
	Anchor   string // PEM file
	Device   *virtual.Device
	Idle     time.Duration // of sessions
	sessions session.Config
	gate     *gate
	dir      string
}

// Start runs a realm until the test ends.
func Start(t testing.TB, o Options) *Realm {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Times == (session.Times{}) {
		o.Times = session.Times{Idle: 10 * time.Hour, Max: 10 * time.Hour}
	}
	r := &Realm{dir: t.TempDir()}
	r.Device = &virtual.Device{Dir: filepath.Join(r.dir, "device")}
	var err error
	r.CA, err = ca.Create(filepath.Join(r.dir, "ca"), ca.Options{Demo: true, NotBefore: time.Now().Add(-time.Hour)})
	must(t, err)
	r.Anchor = filepath.Join(r.dir, "ca.pem")
	must(t, os.WriteFile(r.Anchor, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.CA.Root().Raw}), 0o600))
	r.serve(t, o)
	return r
}

func (r *Realm) serve(t testing.TB, o Options) {
	t.Helper()
	people := filepath.Join(r.dir, "people.ldif")
	if o.People == nil {
		o.People = assets.DemoDirectory()
	}
	must(t, os.WriteFile(people, o.People, 0o600))
	dir, err := ldif.Open(people, o.Log)
	must(t, err)
	store, err := bolt.Open(t.Context(), filepath.Join(r.dir, "sessions.db"), bolt.Options{})
	must(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	cert, err := r.CA.ServerCertificate([]string{"127.0.0.1"}, key.Public())
	must(t, err)
	lists, err := r.CA.CRLs(time.Now())
	must(t, err)
	r.gate = newGate(t)
	r.Base = "https://" + r.gate.Addr().String()
	r.Idle = o.Times.Idle
	r.sessions = session.Config{Store: store, Keys: session.Keys{Current: session.NewKey()}, Times: o.Times, Log: o.Log}
	srv, err := server.New(server.Config{
		Base: r.Base, Demo: true, Directory: dir, Log: o.Log, Sessions: r.sessions, Around: o.Around,
		TLS:   &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}, MinVersion: tls.VersionTLS12},
		Trust: trust.Config{Anchors: []*x509.Certificate{r.CA.Root()}, CRLs: lists, Policy: trust.Policy{AllowVirtual: true, RequireCRL: true}},
	})
	must(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx, r.gate) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("server: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Errorf("store: %v", err)
		}
	})
}

// Profile is the environment that this realm is.
func (r *Realm) Profile() client.Profile {
	return client.Profile{Name: "local", Colour: "#7B1E6A", BaseURL: r.Base, Anchors: []*x509.Certificate{r.CA.Root()}, Proxy: "direct"}
}

// Client makes the agent's side of the wire.
func (r *Realm) Client(t testing.TB, log *slog.Logger) *client.Client {
	t.Helper()
	c, err := client.New(client.Config{Profile: r.Profile(), Log: log})
	must(t, err)
	t.Cleanup(c.Close)
	return c
}

// PIN is the passcode of cards made by Card: random for each test process.
var pinOf = newPIN()

// PIN returns the passcode of every card of this test process.
func PIN() string { return pinOf }

// PUK returns the unlock code of every card of a test.
func PUK() string { return "87654321" }

func newPIN() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	for i := range b {
		b[i] = '0' + b[i]%10
	}
	return string(b[:])
}

// Card makes a virtual card of a person in a drawer's folder; cheap to unlock.
func (r *Realm) Card(t testing.TB, dir, name string, uid broker.UID) {
	t.Helper()
	r.CardUntil(t, dir, name, uid, time.Time{})
}

// CardUntil makes one whose certificates end at a time; zero is in two years.
func (r *Realm) CardUntil(t testing.TB, dir, name string, uid broker.UID, end time.Time) {
	t.Helper()
	var begin time.Time
	if !end.IsZero() {
		begin = end.AddDate(-2, 0, 0)
	}
	must(t, os.MkdirAll(dir, 0o700))
	c, err := virtual.Create(t.Context(), filepath.Join(dir, name+".card"), r.Device, virtual.Spec{
		Label: name, PIN: card.NewPIN([]byte(PIN())), PUK: card.NewPIN([]byte(PUK())), Cost: virtual.Cost{Memory: 64, Passes: 1, Lanes: 1},
		Issue: func(p card.Purpose, public crypto.PublicKey) (*x509.Certificate, error) {
			return r.CA.Issue(ca.Request{UID: uid, Name: name, Purpose: p, Public: public, Virtual: true, NotBefore: begin, NotAfter: end})
		},
	})
	must(t, err)
	must(t, c.Close())
}

// Assertion asks for the role assertion of a ticket.
func (r *Realm) Assertion(t testing.TB, ticket broker.Ticket) *saml11.Response {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(r.CA.Root())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.Base+"/saml/RoleAssertion?token="+url.QueryEscape(ticket.Reveal()), nil)
	must(t, err)
	resp, err := transport.RoundTrip(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	a, err := saml11.Parse(body)
	must(t, err)
	return a
}

// Live returns how many sessions of a user live.
func (r *Realm) Live(t testing.TB, uid broker.UID) int {
	t.Helper()
	return r.LiveAt(t, uid, time.Now())
}

// LiveAt returns how many of the sessions that are there now live at a time.
func (r *Realm) LiveAt(t testing.TB, uid broker.UID, at time.Time) int {
	t.Helper()
	c := r.sessions
	c.Now = func() time.Time { return at }
	s, err := session.New(c)
	must(t, err)
	all, err := s.ByUser(t.Context(), uid)
	must(t, err)
	return len(all)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
