package server

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"lanyard/broker/ca"
	"lanyard/broker/directory"
	"lanyard/broker/server/accessmanager"
	"lanyard/broker/server/login"
	"lanyard/broker/session"
	"lanyard/card/trust"
)

// Defaults of [Config].
const (
	defaultWait    = time.Second / 2  // for a place among the requests at work
	defaultRequest = 10 * time.Second // to answer a request once it was read
	placesPerCPU   = 128              // requests at work: most wait for the disk
)

// Config is what a server is made of.
type Config struct {
	// Base is the server's own address as its clients see it, such as
	// "https://gas.example.org": all addresses in answers begin with it, and it
	// is the issuer of assertions.
	Base string
	// TLS holds the server's certificates.
	TLS *tls.Config
	// Directory knows the people.
	Directory directory.Directory
	// Sessions are kept by these rules; its log and clock are the server's. The
	// key that seals tickets seals challenges, too.
	Sessions session.Config
	// Trust is whose certificates are taken. Its policy on weak algorithms
	// counts for the cards' signatures as well.
	Trust trust.Config
	// Demo lets the made-up authority of a demo sign people on, on the loopback
	// addresses of one machine only.
	Demo bool
	// Around is put round the answers, for a demo that shows what goes over the
	// wire; nil: nothing.
	Around func(http.Handler) http.Handler
	// AccessManager is the session API of that family of servers.
	AccessManager AccessManager
	// Places is how many requests are worked on at a time; 0: 128 for each CPU.
	Places int
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
}

// AccessManager says where the session API is, and whom it may tell of sessions.
type AccessManager struct {
	Prefixes []string // none: "/amserver"
	// Listeners are the hosts that may be told of sessions, exactly: "app.example"
	// or "app.example:8443"; none: nobody.
	Listeners   []string
	ListenerTLS *tls.Config // nil: the system's authorities
}

var errDemoAnchor = errors.New("it is of a demo, which may sign nobody on outside a demo")

// check reports all faults together and fills in the defaults.
func (c *Config) check() error {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Places == 0 {
		c.Places = placesPerCPU * runtime.GOMAXPROCS(0)
	}
	if len(c.AccessManager.Prefixes) == 0 {
		c.AccessManager.Prefixes = []string{accessmanager.DefaultPrefix}
	}
	c.Sessions.Now, c.Sessions.Log = c.Now, c.Log
	errs := []error{checkBase(c.Base)}
	if c.TLS == nil || len(c.TLS.Certificates) == 0 && c.TLS.GetCertificate == nil {
		errs = append(errs, errors.New("there is no server certificate"))
	}
	if c.Directory == nil {
		errs = append(errs, errors.New("there is no directory"))
	}
	if c.Log == nil {
		errs = append(errs, errors.New("there is no log"))
	}
	if c.Places < 1 {
		errs = append(errs, fmt.Errorf("%d requests at a time are too few", c.Places))
	}
	if !c.Demo {
		for _, a := range append(c.Trust.Anchors[:len(c.Trust.Anchors):len(c.Trust.Anchors)], c.Trust.Intermediates...) {
			if ca.IsDemo(a) {
				errs = append(errs, fmt.Errorf("authority %s: %w", a.Subject, errDemoAnchor))
			}
		}
	}
	return errors.Join(errs...)
}

// checkBase wants an address that clients can put a path behind.
func checkBase(base string) error {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("base address %q is not of the form https://host or https://host:port", base)
	}
	return nil
}

// challenges makes what seals challenges, with keys of its own.
func (c *Config) challenges() (*login.Challenges, error) {
	var keys [][]byte
	for _, secret := range [][]byte{c.Sessions.Keys.Current, c.Sessions.Keys.Previous} {
		if secret == nil {
			continue
		}
		key, err := hkdf.Key(sha256.New, secret, nil, "lanyard challenge key 1", sha256.Size)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return login.NewChallenges(c.Base, keys[0], keys[1:]...)
}
