package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Times are the limits in time of a request.
type Times struct {
	Dial      time.Duration // until a connection stands
	Handshake time.Duration // of TLS
	Whole     time.Duration // until the answer is read
}

// DefaultTimes are what a desk uses.
func DefaultTimes() Times {
	return Times{Dial: 5 * time.Second, Handshake: 5 * time.Second, Whole: 15 * time.Second}
}

// idleFor is how long a connection is kept for the next request: longer than
// the time between two keep alives.
const idleFor = 90 * time.Second

// Config makes a [Client].
type Config struct {
	Profile Profile
	Times   Times // zero: DefaultTimes
	Log     *slog.Logger
	// Device is what the user's list of places calls this machine; empty is
	// the machine's name.
	Device string
}

// Client talks to the Identity Server of one profile.
type Client struct {
	profile   Profile
	base      *url.URL
	transport *http.Transport
	times     Times
	log       *slog.Logger
	agent     string // the User-Agent
	version   string // gacVersion
	device    string // device_id
}

// New makes a client of a profile that can be used, else the error is [ErrProfile].
func New(c Config) (*Client, error) {
	if err := c.Profile.Check(); err != nil {
		return nil, err
	}
	if c.Log == nil {
		return nil, errors.New("client without a log")
	}
	base, err := c.Profile.base()
	if err != nil {
		return nil, err
	}
	if c.Times == (Times{}) {
		c.Times = DefaultTimes()
	}
	version := c.Profile.Version
	if version == "" {
		version = DefaultVersion
	}
	cl := &Client{
		profile: c.Profile, base: base, times: c.Times, log: c.Log,
		agent:   "Mozilla/4.0(compatible;IE;GACv" + version + ")",
		version: strings.ReplaceAll(version, " ", ""),
		device:  deviceID(c.Device),
	}
	if cl.transport, err = transport(c.Profile, c.Times); err != nil {
		return nil, err
	}
	return cl, nil
}

// Close drops the connections that wait for the next request.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// transport makes the one connection pool. The server's certificate is checked
// against the profile's anchors and nothing else.
func transport(p Profile, t Times) (*http.Transport, error) {
	roots := x509.NewCertPool()
	for _, a := range p.Anchors {
		roots.AddCert(a)
	}
	own, err := p.proxy()
	if err != nil {
		return nil, err
	}
	proxy := http.ProxyFromEnvironment
	switch {
	case p.Proxy == "direct":
		proxy = nil
	case own != nil:
		proxy = http.ProxyURL(withoutUser(own))
	}
	dialer := &net.Dialer{Timeout: t.Dial, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:       proxy,
		DialContext: dialer.DialContext,

		GetProxyConnectHeader: p.headers(own),
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, r *http.Response) error {
			if r.StatusCode != http.StatusOK {
				return &proxyError{status: r.Status}
			}
			return nil
		},
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    t.Handshake,
		ResponseHeaderTimeout:  t.Whole,
		MaxResponseHeaderBytes: 32 << 10,
		MaxIdleConnsPerHost:    2,
		MaxConnsPerHost:        8,
		IdleConnTimeout:        idleFor,
		DisableCompression:     true,
	}, nil
}
