package settings

import (
	"errors"
	"net/url"
)

// ErrProxyPassword is a password in a file: it belongs in the keyring.
var ErrProxyPassword = errors.New("holds a password: write http://user@host:port here, and give the password in the window of settings, which keeps it in the keyring")

// ProxyAccount is whose password a proxy asks for.
type ProxyAccount struct {
	User string
	Host string // host:port
}

// Name is what the password is kept under.
func (a ProxyAccount) Name() string { return "proxy:" + a.Host }

// ProxyAccount tells who signs on at the profile's proxy; false where nobody
// has to.
func (p Profile) ProxyAccount() (ProxyAccount, bool) {
	u, err := p.proxyUser()
	if err != nil || u == nil {
		return ProxyAccount{}, false
	}
	return ProxyAccount{User: u.User.Username(), Host: u.Host}, true
}

// proxyUser parses a proxy with a user name; nil is one without. What else is
// wrong with the address is told by who uses it.
func (p Profile) proxyUser() (*url.URL, error) {
	if p.Proxy == "" || p.Proxy == "direct" {
		return nil, nil
	}
	u, err := url.Parse(p.Proxy)
	if err != nil {
		return nil, errors.New(`must be "direct" or of the form http://host:port`) // the cause would show a password
	}
	if u.User == nil {
		return nil, nil
	}
	if _, has := u.User.Password(); has {
		return nil, ErrProxyPassword
	}
	if u.User.Username() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("may have a user name with http:// and https:// only")
	}
	return u, nil
}
