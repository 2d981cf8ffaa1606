package client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"lanyard/broker/ca"
	"lanyard/broker/client"
	"lanyard/broker/client/clienttest"
	"lanyard/broker/failure"
)

// TestEveryRequestWithEveryFailure: each has its code, and no error or log
// holds a ticket.
func TestEveryRequestWithEveryFailure(t *testing.T) {
	echo := "no to " + clienttest.Ticket + " <STATUS>OK"
	location := func(to string) http.Header { return http.Header{"Location": {to}} }
	for name, c := range map[string]struct {
		fault clienttest.Fault
		want  failure.Code
	}{
		"reset":           {clienttest.Fault{Reset: true}, failure.NetReset},
		"hang":            {clienttest.Fault{Hang: true}, failure.NetTimeout},
		"500":             {clienttest.Fault{Status: 500, Body: echo}, failure.ServerRefused},
		"404":             {clienttest.Fault{Status: 404}, failure.ServerRefused},
		"502":             {clienttest.Fault{Status: 502, Body: "<html>"}, failure.ServerDown},
		"503":             {clienttest.Fault{Status: 503}, failure.ServerDown},
		"504":             {clienttest.Fault{Status: 504}, failure.ServerDown},
		"503 of a server": {clienttest.Fault{Status: 503, Body: gp("error_code", "DIRECTORY-DOWN")}, failure.DirectoryDown},
		"store":           {clienttest.Fault{Status: 503, Body: `{"error_code":"STORE-DOWN","error_text":"x"}`}, failure.StoreDown},
		"busy":            {clienttest.Fault{Status: 503, Body: "<HTML><STATUS>FAILED</STATUS><CODE>BUSY</CODE></HTML>"}, failure.Busy},
		"407":             {clienttest.Fault{Status: 407}, failure.NetProxy},
		"oversized":       {clienttest.Fault{Body: clienttest.Oversized()}, failure.ServerAnswer},
		"junk":            {clienttest.Fault{Body: "\x00\xffjunk"}, failure.ServerAnswer},
		"foreign":         {clienttest.Fault{Status: 302, Header: location("https://evil.example/?" + clienttest.Ticket)}, failure.ServerRedirect},
		"own redirect":    {clienttest.Fault{Status: 307, Header: location("/elsewhere")}, failure.ServerAnswer},
		"unknown code":    {clienttest.Fault{Status: 403, Body: gp("error_code", "NEVER-HEARD")}, failure.ServerRefused},
		"desk's code":     {clienttest.Fault{Status: 403, Body: gp("error_code", "PIN-WRONG")}, failure.ServerRefused},
		"old refusal":     {clienttest.Fault{Body: "<html>Failed To Validate " + clienttest.Ticket}, failure.ServerRefused},
		"old unreadable":  {clienttest.Fault{Body: "Invalid input request"}, failure.ServerRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, clienttest.Options{})
			requests := b.requests()
			if c.fault.Hang {
				b.client = b.impatient()
			}
			for _, r := range requests {
				b.server.Break(r.path, c.fault)
				err := r.do(t.Context())
				if got := codeOf(err); got != c.want {
					t.Errorf("%s: %s (%v), want %s", r.name, got, err, c.want)
				}
				b.clean(r.name, err)
				b.server.Break(r.path, clienttest.Fault{})
			}
		})
	}
}

// clean checks every way to print an error.
func (b *bench) clean(what string, err error) {
	b.t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		b.secretless(what, fmt.Sprintf("%v %+v %#v", e, e, e.Error()))
	}
}

// impatient is a client that gives up early.
func (b *bench) impatient() *client.Client {
	b.t.Helper()
	c, err := client.New(client.Config{
		Profile: b.server.Profile(), Log: discard(),
		Times: client.Times{Dial: time.Second, Handshake: time.Second, Whole: 150 * time.Millisecond},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(c.Close)
	return c
}

// gp is a gpOBJECT of one parameter.
func gp(name, value string) string {
	return `<gpOBJECT><gpPARAM name="` + name + `">` + value + `</gpPARAM></gpOBJECT>`
}

func TestServerThatCannotBeReached(t *testing.T) {
	other := clienttest.NewAuthority(t)
	for name, c := range map[string]struct {
		options func(*clienttest.Authority) clienttest.Options
		change  func(*client.Profile)
		want    failure.Code
	}{
		"nothing listens": {change: func(p *client.Profile) { p.BaseURL = "https://" + deadAddress(t) }, want: failure.ServerDown},
		"no such name":    {change: func(p *client.Profile) { p.BaseURL = "https://no-such-host.invalid" }, want: failure.NetName},
		"untrusted":       {change: func(p *client.Profile) { p.Anchors[0] = other.Cert }, want: failure.TLSUntrusted},
		"wrong name":      {change: func(p *client.Profile) { p.BaseURL = "https://localhost" + p.BaseURL[len("https://127.0.0.1"):] }, want: failure.TLSName},
		"expired":         {want: failure.TLSDates},
		"old TLS": {options: func(*clienttest.Authority) clienttest.Options {
			return clienttest.Options{MaxVersion: tls.VersionTLS11}
		}, want: failure.TLSBroken},
		"no TLS":        {change: func(p *client.Profile) { p.BaseURL = "https://" + plainServer(t) }, want: failure.TLSBroken},
		"proxy away":    {change: func(p *client.Profile) { p.Proxy = "http://" + deadAddress(t) }, want: failure.NetProxy},
		"proxy refuses": {change: func(p *client.Profile) { p.Proxy = "http://" + proxy(t, 407) }, want: failure.NetProxy},
		"proxy forbids": {change: func(p *client.Profile) { p.Proxy = "http://" + proxy(t, 403) }, want: failure.NetProxy},
	} {
		t.Run(name, func(t *testing.T) {
			options := clienttest.Options{}
			if c.options != nil {
				options = c.options(other)
			}
			if name == "expired" {
				cert := other.Server("127.0.0.1", time.Now().Add(-time.Hour))
				options.Certificate = &cert
				c.change = func(p *client.Profile) { p.Anchors[0] = other.Cert }
			}
			b := newBench(t, options)
			p := b.server.Profile()
			if c.change != nil {
				c.change(&p)
			}
			cl := b.connect(p)
			_, err := cl.Activate(t.Context())
			if got := codeOf(err); got != c.want {
				t.Errorf("%s (%v), want %s", got, err, c.want)
			}
			var e *client.Error
			if errors.As(err, &e) && p.Proxy != "direct" && "http://"+e.Host != p.Proxy {
				t.Errorf("the error names %s, want the proxy %s", e.Host, p.Proxy)
			}
			if n := len(b.server.Seen(clienttest.Activate)); n != 0 {
				t.Errorf("%d requests went to a server that was not verified", n)
			}
		})
	}
}

func TestCallerWhoGoesAway(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	requests := b.requests()
	gone := errors.New("the card was pulled")
	b.server.Break("", clienttest.Fault{Hang: true})
	for _, r := range requests {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Millisecond, func() { cancel(gone) })
		err := r.do(ctx)
		if !errors.Is(err, gone) || errors.As(err, new(*client.Error)) {
			t.Errorf("%s: %v, want the caller's cause and no code of the network", r.name, err)
		}
		b.clean(r.name, err)
	}
}

func TestDemoAuthorityHasItsPlace(t *testing.T) {
	a, err := ca.Create(t.TempDir(), ca.Options{Demo: true, P256: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range client.Names() {
		p := client.Profile{Name: name, Live: name == "live", Colour: "#123456", BaseURL: "https://127.0.0.1:8443"}
		p.Anchors = append(p.Anchors, a.Root())
		err := p.Check()
		if allowed := name == "local" || name == "demo"; (err == nil) != allowed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// deadAddress is one where nothing listens.
func deadAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// plainServer speaks HTTP where TLS is expected.
func plainServer(t *testing.T) string {
	t.Helper()
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
}

// proxy answers CONNECT with a no.
func proxy(t *testing.T, status int) string {
	t.Helper()
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
}
