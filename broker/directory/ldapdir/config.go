package ldapdir

import (
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Config says where the directory is and how it is asked. URLs, Base, BindDN,
// Password and, but for Plain, Anchors are needed.
type Config struct {
	// URLs are servers with the same content: ldaps://host[:port], or
	// ldap://host[:port] with StartTLS. The first that answers is used.
	URLs []string
	// Anchors are the authorities that certificates of the servers may be from.
	Anchors []*x509.Certificate
	// Plain leaves ldap:// to addresses of the loopback without TLS.
	Plain bool

	Base   string // what ou=People stands below: "o=nhs"
	BindDN string // the account that reads
	// Password is the account's, asked for whenever a connection is made.
	Password func() ([]byte, error)

	ConnectTimeout time.Duration // for connecting, TLS and signing on together; 0: 3 s
	SearchTimeout  time.Duration // for one lookup on a connection; 0: 5 s
	Connections    int           // open at a time, at most; 0: 8
	Idle           time.Duration // after which an unused connection is closed; 0: 1 minute

	Fresh   time.Duration // how long a person's answer is used; 0: each is asked for anew
	Unknown time.Duration // the same of the answer that nobody has an id
	// Stale is how old an answer may be that is used while the directory does
	// not answer; 0: none older than Fresh is.
	Stale  time.Duration
	People int // answers kept at most; 0: 10,000

	Log *slog.Logger // nil: silence
}

// Limits that are not settings.
const (
	pageSize   = 200      // entries asked for at once
	maxEntries = 5000     // of one person
	maxAnswer  = 16 << 20 // octets read for one lookup
	namesFresh = 10 * time.Minute
	maxNames   = 10_000
)

func (c Config) complete() (Config, error) {
	defaultTo(&c.ConnectTimeout, 3*time.Second)
	defaultTo(&c.SearchTimeout, 5*time.Second)
	defaultTo(&c.Connections, 8)
	defaultTo(&c.Idle, time.Minute)
	defaultTo(&c.People, 10_000)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	var errs []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	for _, d := range []time.Duration{c.ConnectTimeout, c.SearchTimeout, c.Idle, c.Fresh, c.Unknown, c.Stale} {
		fault(d < 0, "times of the directory must not be negative")
	}
	fault(c.Connections < 0 || c.People < 0, "numbers of connections and people must not be negative")
	fault(c.BindDN == "" || c.Password == nil, "directory needs an account that reads, with a password")
	_, err := ldap.ParseDN(c.Base)
	fault(c.Base == "" || err != nil, "base %q of the directory is no distinguished name", c.Base)
	fault(len(c.URLs) == 0, "directory has no URL")
	for _, u := range c.URLs {
		s, err := parseURL(u)
		fault(err != nil, "%w", err)
		fault(err == nil && c.Plain && !s.tls && !s.loopback(), "directory %s: without TLS only addresses of the loopback are asked", u)
		fault(err == nil && len(c.Anchors) == 0 && !(c.Plain && !s.tls), "directory %s: no authority is given that its certificate may be from", u)
	}
	return c, errors.Join(errs...)
}

func defaultTo[T comparable](v *T, to T) {
	var zero T
	if *v == zero {
		*v = to
	}
}

// server is one URL, taken apart.
type server struct {
	url  string
	host string
	port string
	tls  bool // from the first octet
}

func parseURL(text string) (server, error) {
	u, err := url.Parse(text)
	if err != nil {
		return server{}, fmt.Errorf("URL of the directory: %w", err)
	}
	s := server{url: text, host: u.Hostname(), port: u.Port(), tls: u.Scheme == "ldaps"}
	bare := url.URL{Scheme: u.Scheme, Host: u.Host}
	if u.Scheme != "ldap" && u.Scheme != "ldaps" || s.host == "" || text != bare.String() {
		return server{}, fmt.Errorf("URL of the directory is %q and must be ldaps://host, ldaps://host:port or the same with ldap://", text)
	}
	if s.port == "" {
		s.port = map[bool]string{false: ldap.DefaultLdapPort, true: ldap.DefaultLdapsPort}[s.tls]
	}
	return s, nil
}

func (s server) loopback() bool {
	ip := net.ParseIP(s.host)
	return ip != nil && ip.IsLoopback()
}
