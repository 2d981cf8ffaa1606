package server_test

import (
	"crypto/x509"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/broker/ca"
	"lanyard/broker/server"
	"lanyard/broker/session"
)

func demoAuthority(t *testing.T) *ca.Authority {
	t.Helper()
	a, err := ca.Create(filepath.Join(t.TempDir(), "demo"), ca.Options{Demo: true, P256: true, Issuing: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestDemoStaysAtHome: a demo's authority is refused outside a demo, and a demo
// on an address that others can reach.
func TestDemoStaysAtHome(t *testing.T) {
	demo := demoAuthority(t)
	r := start(t)
	for name, anchors := range map[string][]*x509.Certificate{
		"root":                     {demo.Root()},
		"issuing CA":               {demo.Issuer()},
		"beside a real authority":  {r.ca.Root(), demo.Root()},
		"before the real one, too": {demo.Issuer(), r.ca.Root()},
	} {
		conf := complete(t, r)
		conf.Trust.Anchors = anchors
		if _, err := server.New(*conf); err == nil || !strings.Contains(err.Error(), "demo") {
			t.Errorf("%s: %v", name, err)
		}
	}
	conf := complete(t, r)
	conf.Trust.Intermediates = demo.Intermediates()
	if _, err := server.New(*conf); err == nil {
		t.Error("a demo's authority is taken as an intermediate")
	}

	conf = complete(t, r)
	conf.Trust.Anchors, conf.Demo = []*x509.Certificate{demo.Root()}, true
	s, err := server.New(*conf)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context(), ln); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("a demo on every address: %v", err)
	}
	if _, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("the listener is still open")
	}
}

// complete is a configuration that New takes.
func complete(t *testing.T, r *realm) *server.Config {
	t.Helper()
	conf := r.config()
	conf.Base = "https://gas.example.org"
	conf.TLS = r.srvTLS
	if _, err := server.New(*conf); err != nil {
		t.Fatal(err)
	}
	return conf
}

func TestConfigRefused(t *testing.T) {
	r := start(t)
	for name, change := range map[string]func(*server.Config){
		"no address":       func(c *server.Config) { c.Base = "" },
		"plain HTTP":       func(c *server.Config) { c.Base = "http://gas.example.org" },
		"address and path": func(c *server.Config) { c.Base = "https://gas.example.org/" },
		"user in it":       func(c *server.Config) { c.Base = "https://me@gas.example.org" },
		"no certificate":   func(c *server.Config) { c.TLS = nil },
		"no directory":     func(c *server.Config) { c.Directory = nil },
		"no log":           func(c *server.Config) { c.Log = nil },
		"no anchor":        func(c *server.Config) { c.Trust.Anchors = nil },
		"no store":         func(c *server.Config) { c.Sessions.Store = nil },
		"short key":        func(c *server.Config) { c.Sessions.Keys = session.Keys{Current: []byte("x")} },
		"seconds of idle":  func(c *server.Config) { c.Sessions.Times.Idle = 1 },
		"no places":        func(c *server.Config) { c.Places = -1 },
	} {
		conf := complete(t, r)
		change(conf)
		if _, err := server.New(*conf); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if s, err := server.New(*complete(t, r)); err != nil {
		t.Error(err)
	} else if err := s.Run(t.Context()); err == nil {
		t.Error("a server without a listener runs")
	}
}
