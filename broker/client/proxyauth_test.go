package client_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"lanyard/broker/client"
	"lanyard/broker/client/clienttest"
	"lanyard/broker/failure"
)

const hunter = "hünter: 2"

// keeper is a proxy that lets one user through.
func keeper(t *testing.T, user, password string) string {
	t.Helper()
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Header.Get("Proxy-Authorization") != want {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		there, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer func() { _ = there.Close() }()
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = here.Close() }()
		if _, err := io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
			return
		}
		back := make(chan struct{})
		go func() {
			defer close(back)
			_, _ = io.Copy(here, there)
			_ = here.Close()
		}()
		_, _ = io.Copy(there, here)
		_ = there.Close()
		<-back
	}))
}

func TestProxyWithAPassword(t *testing.T) {
	locked := errors.New("the keyring is locked")
	for name, c := range map[string]struct {
		password func(context.Context) ([]byte, error)
		want     failure.Code
	}{
		"right":    {password: func(context.Context) ([]byte, error) { return []byte(hunter), nil }},
		"wrong":    {password: func(context.Context) ([]byte, error) { return []byte("x"), nil }, want: failure.NetProxy},
		"locked":   {password: func(context.Context) ([]byte, error) { return nil, locked }, want: failure.NetProxy},
		"no asker": {want: failure.NetProxy},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, clienttest.Options{})
			p := b.server.Profile()
			p.Proxy, p.ProxyPassword = "http://nurse@"+keeper(t, "nurse", hunter), c.password
			cl := b.connect(p)
			_, err := cl.Activate(t.Context())
			if got := codeOf(err); (err != nil || c.want != "") && got != c.want {
				t.Errorf("%s (%v), want %s", got, err, c.want)
			}
			if name == "locked" && !errors.Is(err, locked) {
				t.Errorf("the cause is lost: %v", err)
			}
			for what, text := range map[string]string{"log": b.log.String(), "error": errorText(err)} {
				if strings.Contains(text, hunter) || strings.Contains(text, "Basic ") {
					t.Errorf("the %s holds the password: %s", what, text)
				}
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestPasswordInAnAddressIsRefused(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	for _, proxy := range []string{"http://nurse:hunter2@127.0.0.1:1", "socks5://nurse@127.0.0.1:1"} {
		p := b.server.Profile()
		p.Proxy = proxy
		if err := p.Check(); !errors.Is(err, client.ErrProfile) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", proxy, err)
		}
	}
}
