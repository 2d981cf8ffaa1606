package client

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"lanyard/broker/ca"
)

// Profile is one environment: the server, who vouches for it, and how a desk
// shows that it is on it.
type Profile struct {
	Name    string              // one of Names
	Live    bool                // real patients, real people
	Colour  string              // of the banner, "#rrggbb"
	BaseURL string              // "https://host" or "https://host:port", no path
	Anchors []*x509.Certificate // that the server's certificate must lead to
	// Proxy is "" for what the environment says, "direct", or a URL, which may
	// have a user name but no password.
	Proxy string
	// ProxyPassword tells the password of the proxy's user, which the client
	// wipes; nil where the proxy asks for none.
	ProxyPassword func(context.Context) ([]byte, error)
	// Version is the agent's, as the User-Agent tells it; empty is DefaultVersion.
	Version string
}

// DefaultVersion is the version that deployed clients announce.
const DefaultVersion = "10. 0. 0. 1"

// ErrProfile is a profile that cannot be used; the text lists every fault.
var ErrProfile = errors.New("profile cannot be used")

// Names returns the environments there are.
func Names() []string {
	return []string{"live", "training", "deployment", "integration", "development", "local", "demo"}
}

// Check tells every fault of the profile at once; the error is [ErrProfile].
func (p Profile) Check() error {
	var faults []string
	if !slices.Contains(Names(), p.Name) {
		faults = append(faults, fmt.Sprintf("name %q is none of %s", p.Name, strings.Join(Names(), ", ")))
	}
	if p.Live != (p.Name == "live") {
		faults = append(faults, "only the profile called live is live, and it always is")
	}
	if !colour.MatchString(p.Colour) {
		faults = append(faults, fmt.Sprintf("colour %q is not of the form #rrggbb", p.Colour))
	}
	if _, err := p.base(); err != nil {
		faults = append(faults, err.Error())
	}
	if len(p.Anchors) == 0 {
		faults = append(faults, "it names no anchor for the server's certificate")
	}
	if !p.TakesDemo() && slices.ContainsFunc(p.Anchors, ca.IsDemo) {
		faults = append(faults, "it trusts the demonstration's CA, which only local and demo may")
	}
	if _, err := p.proxy(); err != nil {
		faults = append(faults, err.Error())
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %s", ErrProfile, strings.Join(faults, "; "))
	}
	return nil
}

// TakesDemo tells whether the demonstration's CA, its cards and servers have a
// place here: in the local and the demo profile and nowhere else.
func (p Profile) TakesDemo() bool { return p.Name == "local" || p.Name == "demo" }

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// base parses the server's address.
func (p Profile) base() (*url.URL, error) {
	u, err := url.Parse(p.BaseURL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return nil, errors.New("the server's address is not of the form https://host[:port]")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}, nil
}

// Host is the server's host and port, for people.
func (p Profile) Host() string {
	u, err := p.base()
	if err != nil {
		return ""
	}
	return u.Host
}

// own tells whether an address is the profile's: scheme, name and port.
func own(base, u *url.URL) bool {
	return u.Scheme == base.Scheme && strings.EqualFold(u.Hostname(), base.Hostname()) && port(u) == port(base) && u.User == nil
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// proxy parses the proxy; nil is none of its own.
func (p Profile) proxy() (*url.URL, error) {
	if p.Proxy == "" || p.Proxy == "direct" {
		return nil, nil
	}
	u, err := url.Parse(p.Proxy)
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
		return nil, errors.New(`the proxy is not "direct" or of the form http://host:port`)
	}
	if _, _, err := net.SplitHostPort(u.Host); err != nil {
		return nil, errors.New("the proxy's address names no port")
	}
	if _, has := u.User.Password(); has || u.User != nil && u.Scheme == "socks5" {
		return nil, errors.New("the proxy's address may have a user name for http and https, and never a password")
	}
	return u, nil
}
