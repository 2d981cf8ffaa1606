package ldapdir

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// ErrRefused says that the directory does not take the account that asks.
var ErrRefused = errors.New("it refuses the account: its name or its password is wrong")

// wire is a network connection of which only so much is read for one request.
type wire struct {
	net.Conn
	left atomic.Int64
}

var errTooLarge = fmt.Errorf("answer is larger than %d octets", maxAnswer)

// Read reads what the request at work may still read.
func (w *wire) Read(p []byte) (int, error) {
	if w.left.Load() <= 0 {
		return 0, errTooLarge
	}
	n, err := w.Conn.Read(p)
	w.left.Add(-int64(n))
	return n, err
}

// conn is one connection to a server, signed on. It works on one request at a
// time.
type conn struct {
	ldap *ldap.Conn
	wire *wire
	used time.Time // last
}

// within runs a request that breaks the connection when ctx ends.
func (c *conn) within(ctx context.Context, request func() error) error {
	c.wire.left.Store(maxAnswer)
	stop := context.AfterFunc(ctx, func() { _ = c.wire.SetDeadline(time.Now()) })
	err := request()
	if !stop() {
		return context.Cause(ctx)
	}
	return err
}

// close ends the connection and go-ldap's work on it.
func (c *conn) close() { _ = c.ldap.Close() }

// connect tries the servers in turn.
func (c *Config) connect(ctx context.Context) (*conn, error) {
	var errs []error
	for _, u := range c.URLs {
		s, err := parseURL(u)
		if err != nil {
			return nil, err
		}
		made, err := c.connectTo(ctx, s)
		if err == nil {
			return made, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", u, err))
		if ctx.Err() != nil {
			break
		}
	}
	return nil, errors.Join(errs...)
}

func (c *Config) connectTo(ctx context.Context, s server) (*conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.ConnectTimeout, fmt.Errorf("no connection within %v", c.ConnectTimeout))
	defer cancel()
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(s.host, s.port))
	if err != nil {
		return nil, err
	}
	made := &conn{wire: &wire{Conn: plain}}
	made.wire.left.Store(maxAnswer)
	pool := x509.NewCertPool()
	for _, a := range c.Anchors {
		pool.AddCert(a)
	}
	conf := &tls.Config{RootCAs: pool, ServerName: s.host, MinVersion: tls.VersionTLS12}
	if s.tls {
		secure := tls.Client(made.wire, conf)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, plain.Close())
		}
		made.ldap = ldap.NewConn(secure, true)
	} else {
		made.ldap = ldap.NewConn(made.wire, false)
	}
	made.ldap.Start()
	if err := made.within(ctx, func() error { return c.signOn(made.ldap, s, conf) }); err != nil {
		made.close()
		return nil, err
	}
	return made, nil
}

// signOn brings a new connection to where it can be asked.
func (c *Config) signOn(l *ldap.Conn, s server, conf *tls.Config) error {
	if !s.tls && !c.Plain {
		if err := l.StartTLS(conf); err != nil {
			return fmt.Errorf("StartTLS: %w", err)
		}
	}
	password, err := c.Password()
	if err != nil {
		return err
	}
	err = l.Bind(c.BindDN, string(password))
	clear(password)
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials):
		return fmt.Errorf("%w (%s)", ErrRefused, c.BindDN)
	case err != nil:
		return fmt.Errorf("sign on as %s: %w", c.BindDN, err)
	}
	people := peopleDN(c.Base)
	_, err = l.Search(ldap.NewSearchRequest(people, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, 0, false, anything, []string{"1.1"}, nil))
	if ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
		return fmt.Errorf("it has no %s, or the account may not read it", people)
	}
	return err
}
