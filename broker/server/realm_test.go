package server_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/broker/directory/ldif"
	"lanyard/broker/server"
	"lanyard/broker/session"
	"lanyard/broker/session/bolt"
	"lanyard/card"
	"lanyard/card/trust"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The people of the tests.
const (
	grace  broker.UID = "900000000017" // two open roles, one closed one
	closed broker.UID = "900000000025" // account closed
	idle   broker.UID = "900000000033" // no open role
	ivor   broker.UID = "900000000041" // one role
	nobody broker.UID = "900000000999" // not in the directory
)

const (
	nurse   = "900000001015"
	clerk   = "900000001023" // may be used for training
	past    = "900000001031" // closed
	another = "900000001049" // somebody else's
)

func people() []*broker.User {
	role := func(id, org, job string) broker.RoleProfile {
		return broker.RoleProfile{
			ID: broker.RoleProfileID(id), OrgPersonID: "90" + id[2:], OrgCode: "RXX", OrgName: org, JobRole: job, JobRoleCode: "S8000:G8000:R8001",
			Functions: []broker.Coded{{Name: "Manage Detailed Health Records", Code: "B0286"}},
		}
	}
	trainee := role(clerk, "THE TRUST, NORTH", `"Admin & Clerical":"Admin, Support":"Clerk, Ward"`)
	trainee.Training = true
	gone := role(past, "OLD TRUST", `"Clinical":"Clinical Provision":"Nurse"`)
	gone.Close = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	only := gone
	only.ID, only.OrgPersonID = "900000001057", "900000001056"
	return []*broker.User{
		{
			UID: grace, Surname: "Okafor", GivenName: "Grace", Active: true, PrCode: "G1234567",
			Roles: []broker.RoleProfile{role(nurse, "THE TRUST", `"Clinical":"Clinical Provision":"Nurse Access Role"`), trainee, gone},
		},
		{
			UID: closed, Surname: "Marsh", GivenName: "Tom",
			Roles: []broker.RoleProfile{role("900000001065", "THE TRUST", `"Clinical":"Clinical Provision":"Nurse Access Role"`)},
		},
		{UID: ivor, Surname: "Hall", GivenName: "Ivor", Active: true, Roles: []broker.RoleProfile{role(another, "THE TRUST", `"Clinical":"Clinical Provision":"Nurse"`)}},
		{UID: idle, Surname: "Rowe", GivenName: "Ann", Active: true, Roles: []broker.RoleProfile{only}},
	}
}

// clock is a clock that a test moves on.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time      { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) add(d time.Duration) { c.ahead.Add(int64(d)) }

// journal collects a log for a test to look at.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// realm is a server over TLS with its authority, its people and its clients.
type realm struct {
	t      *testing.T
	base   string
	addr   string
	ca     *ca.Authority
	clock  *clock
	log    *journal
	tls    *tls.Config // of its clients
	http   *http.Client
	store  session.Store
	keys   session.Keys
	stop   func() // ends the server and waits
	srv    *server.Server
	srvTLS *tls.Config
	hurry  time.Duration // how soon the server gives up on slow requests, if set
}

// start runs a server that change has a say in.
func start(t *testing.T, change ...func(*server.Config)) *realm {
	t.Helper()
	r := &realm{t: t, clock: &clock{}, log: &journal{}, ca: authority(t)}
	conf := r.config()
	for _, c := range change {
		c(conf)
	}
	r.store, r.keys = conf.Sessions.Store, conf.Sessions.Keys
	r.run(conf)
	return r
}

func authority(t *testing.T) *ca.Authority {
	t.Helper()
	a, err := ca.Create(filepath.Join(t.TempDir(), "ca"), ca.Options{Name: "Test CA", P256: true, NotBefore: time.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (r *realm) config() *server.Config {
	r.t.Helper()
	log := slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	dir := r.t.TempDir()
	text := []byte(ldif.Header)
	for _, p := range people() {
		text = ldif.Append(text, p)
	}
	file := filepath.Join(dir, "people.ldif")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		r.t.Fatal(err)
	}
	known, err := ldif.Open(file, log)
	if err != nil {
		r.t.Fatal(err)
	}
	store, err := bolt.Open(r.t.Context(), filepath.Join(dir, "sessions.db"), bolt.Options{Now: r.clock.now})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = store.Close() })
	return &server.Config{
		Directory: known, Log: log, Now: r.clock.now,
		Sessions: session.Config{
			Store: store, Keys: session.Keys{Current: session.NewKey()},
			Times: session.Times{Idle: 30 * time.Minute, Max: 10 * time.Hour, Unused: 5 * time.Minute},
		},
		Trust: trust.Config{Anchors: []*x509.Certificate{r.ca.Root()}, Policy: trust.Policy{AllowVirtual: true}},
	}
}

// run starts a server on a free port and ends it with the test.
func (r *realm) run(conf *server.Config) {
	r.t.Helper()
	ln := listen(r.t)
	r.addr = ln.Addr().String()
	if conf.Base == "" {
		conf.Base = "https://" + r.addr
	}
	r.base = conf.Base
	key := newKey(r.t)
	cert, err := r.ca.ServerCertificate([]string{"127.0.0.1"}, key.Public())
	if err != nil {
		r.t.Fatal(err)
	}
	conf.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
	r.srvTLS = conf.TLS
	s, err := server.New(*conf)
	if err != nil {
		r.t.Fatal(err)
	}
	r.srv = s
	if r.hurry > 0 {
		s.Hurry(r.hurry)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, ln) }()
	roots := x509.NewCertPool()
	roots.AddCert(r.ca.Root())
	r.tls = &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}
	transport := &http.Transport{TLSClientConfig: r.tls, DisableKeepAlives: r.hurry > 0}
	r.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r.stop = sync.OnceFunc(func() {
		transport.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			r.t.Errorf("server ended: %v", err)
		}
	})
	r.t.Cleanup(r.stop)
}

// smartcard is a key and its certificate.
type smartcard struct {
	uid  broker.UID
	cert *x509.Certificate
	key  crypto.Signer
}

// issue makes a card of the realm's own authority.
func (r *realm) issue(uid broker.UID, change ...func(*ca.Request)) *smartcard {
	r.t.Helper()
	return issueOf(r.t, r.ca, uid, change...)
}

func issueOf(t *testing.T, a *ca.Authority, uid broker.UID, change ...func(*ca.Request)) *smartcard {
	t.Helper()
	key := newKey(t)
	req := ca.Request{UID: uid, Purpose: card.Authentication, Public: key.Public(), Virtual: true}
	for _, c := range change {
		c(&req)
	}
	cert, err := a.Issue(req)
	if err != nil {
		t.Fatal(err)
	}
	return &smartcard{uid: uid, cert: cert, key: key}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// rsaKey is one key for all tests that need RSA.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func (r *realm) signOnGrace() string {
	r.t.Helper()
	return r.signOn(r.issue(grace))
}
