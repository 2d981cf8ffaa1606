package client_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"lanyard/broker/client"
	"lanyard/broker/client/clienttest"
	"lanyard/broker/failure"
)

func TestProbe(t *testing.T) {
	other := clienttest.NewAuthority(t)
	expired := other.Server("127.0.0.1", time.Now().Add(-time.Hour))
	for name, c := range map[string]struct {
		options clienttest.Options
		fault   clienttest.Fault
		change  func(*client.Profile)
		want    failure.Code
		steps   string // connected, tunnel, chain, answered
	}{
		"a front page":       {steps: "ctra"},
		"any answer is good": {fault: clienttest.Fault{Status: http.StatusNotFound}, steps: "ctra"},
		"nothing listens":    {change: func(p *client.Profile) { p.BaseURL = "https://" + deadAddress(t) }, want: failure.ServerDown},
		"no such name":       {change: func(p *client.Profile) { p.BaseURL = "https://no-such-host.invalid" }, want: failure.NetName},
		"untrusted":          {change: func(p *client.Profile) { p.Anchors[0] = other.Cert }, want: failure.TLSUntrusted, steps: "ctr"},
		"expired":            {options: clienttest.Options{Certificate: &expired}, change: func(p *client.Profile) { p.Anchors[0] = other.Cert }, want: failure.TLSDates, steps: "ctr"},
		"no TLS":             {change: func(p *client.Profile) { p.BaseURL = "https://" + plainServer(t) }, want: failure.TLSBroken, steps: "ct"},
		"hangs":              {fault: clienttest.Fault{Hang: true}, want: failure.NetTimeout, steps: "ct"},
		"a proxy says no":    {change: func(p *client.Profile) { p.Proxy = "http://" + proxy(t, http.StatusProxyAuthRequired) }, want: failure.NetProxy, steps: "c"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c.options)
			b.server.Break("", c.fault)
			p := b.server.Profile()
			if c.change != nil {
				c.change(&p)
			}
			found, err := b.connect(p).Probe(t.Context())
			var e *client.Error
			if errors.As(err, &e) != (c.want != "") || e != nil && e.Code != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
			if got := steps(found); got != c.steps {
				t.Errorf("came as far as %q, want %q", got, c.steps)
			}
			if (found.Proxy != "") != (p.Proxy != "direct") {
				t.Errorf("proxy %q", found.Proxy)
			}
			if refused := found.ProxySaid == http.StatusProxyAuthRequired; refused != (name == "a proxy says no") {
				t.Errorf("the proxy said %d", found.ProxySaid)
			}
			if off := time.Until(found.Date).Abs(); found.Answered && off > 2*time.Second {
				t.Errorf("the server's clock is %v off", off)
			}
		})
	}
}

func steps(p client.Probe) string {
	s := ""
	for _, step := range []struct {
		is     bool
		letter string
	}{{p.Connected, "c"}, {p.Tunnel, "t"}, {len(p.Chain) > 0, "r"}, {p.Answered, "a"}} {
		if step.is {
			s += step.letter
		}
	}
	return s
}

func TestProbeThatIsCalledOff(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	b.server.Break("", clienttest.Fault{Hang: true})
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the window was closed")
	time.AfterFunc(20*time.Millisecond, func() { cancel(gone) })
	if _, err := b.client.Probe(ctx); !errors.Is(err, gone) || errors.As(err, new(*client.Error)) {
		t.Errorf("%v, want the caller's cause", err)
	}
}
