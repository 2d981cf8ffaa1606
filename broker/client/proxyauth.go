package client

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// errNoPassword is a proxy with a user name whose password nobody knows.
var errNoPassword = errors.New("no password of the proxy's is known: give it in the window of settings")

// headers are what is sent to a proxy whose address has a user name, nil to
// any other. The password is asked for at every new connection and not kept:
// it may have been changed, and no address or log ever holds it.
func (p Profile) headers(proxy *url.URL) func(context.Context, *url.URL, string) (http.Header, error) {
	if proxy == nil || proxy.User == nil {
		return nil
	}
	user := proxy.User.Username()
	return func(ctx context.Context, _ *url.URL, _ string) (http.Header, error) {
		if p.ProxyPassword == nil {
			return nil, onTheWay(errNoPassword)
		}
		password, err := p.ProxyPassword(ctx)
		if err != nil {
			return nil, onTheWay(fmt.Errorf("password of the proxy: %w", err))
		}
		defer clear(password)
		plain := append([]byte(user+":"), password...)
		defer clear(plain)
		return http.Header{"Proxy-Authorization": {"Basic " + base64.StdEncoding.EncodeToString(plain)}}, nil
	}
}

// onTheWay tells a trouble as net/http tells those on the way to a proxy.
func onTheWay(err error) error { return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: err} }

// withoutUser is a proxy's address without what signs on there, or
// net/http would send that by itself.
func withoutUser(u *url.URL) *url.URL {
	plain := *u
	plain.User = nil
	return &plain
}
