package ca_test

import (
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"lanyard/broker/ca"
)

func TestServerCertificate(t *testing.T) {
	a, _ := create(t, ca.Options{Demo: true})
	if !ca.IsDemo(a.Root()) {
		t.Error("a demo authority cannot be told by its name")
	}
	if d := a.Root().NotAfter.Sub(a.Root().NotBefore); d != 200*24*time.Hour {
		t.Errorf("a demo authority is valid for %s", d)
	}
	c, err := a.ServerCertificate([]string{"127.0.0.1", "::1", "localhost"}, p256Key(t).Public())
	if err != nil {
		t.Fatal(err)
	}
	if out, err := opensslVerify(t, a, c, "-purpose", "sslserver", "-verify_ip", "127.0.0.1"); err != nil {
		t.Errorf("openssl verify: %v\n%s", err, out)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.Root())
	for _, name := range []string{"127.0.0.1", "::1", "localhost"} {
		if _, err := c.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, host := range []string{"example.org", "10.0.0.1", "2001:db8::1", "notlocalhost", "", "a b"} {
		if _, err := a.ServerCertificate([]string{host}, p256Key(t).Public()); !errors.Is(err, ca.ErrRequest) {
			t.Errorf("%q: %v", host, err)
		}
	}
}

// TestDemoIsNameConstrained: what the authority refuses to issue, others
// refuse to believe. The root of a demo is one with these very constraints.
func TestDemoIsNameConstrained(t *testing.T) {
	a, _ := create(t, ca.Options{Demo: true, P256: true})
	root := a.Root()
	if !root.PermittedDNSDomainsCritical || strings.Join(root.PermittedDNSDomains, ",") != "localhost" || len(root.PermittedIPRanges) != 2 {
		t.Fatalf("constraints: %v %v", root.PermittedDNSDomains, root.PermittedIPRanges)
	}
	for ip, want := range map[string]bool{"127.0.0.1": true, "127.255.0.9": true, "::1": true, "128.0.0.1": false, "::2": false, "10.1.1.1": false} {
		got := false
		for _, n := range root.PermittedIPRanges {
			got = got || n.Contains(net.ParseIP(ip))
		}
		if got != want {
			t.Errorf("%s permitted: %v", ip, got)
		}
	}
}

func TestServerCertificateOfARealm(t *testing.T) {
	a, _ := create(t, ca.Options{Name: "TestCA01", Issuing: true, PermittedHosts: []string{"trust.example"}})
	if ca.IsDemo(a.Root()) || ca.IsDemo(a.Issuer()) {
		t.Error("taken for a demo authority")
	}
	c, err := a.ServerCertificate([]string{"gas.trust.example"}, rsaKey(t, 2048).Public())
	if err != nil {
		t.Fatal(err)
	}
	if out, err := opensslVerify(t, a, c, "-purpose", "sslserver", "-verify_hostname", "gas.trust.example"); err != nil {
		t.Errorf("openssl verify: %v\n%s", err, out)
	}
	if _, err := a.ServerCertificate([]string{"10.0.0.1"}, rsaKey(t, 2048).Public()); !errors.Is(err, ca.ErrRequest) {
		t.Errorf("address where only hosts are permitted: %v", err)
	}
	if len(a.Root().ExcludedIPRanges) != 2 {
		t.Errorf("excluded addresses: %v", a.Root().ExcludedIPRanges)
	}
	if _, err := a.ServerCertificate([]string{"gas.other.example"}, rsaKey(t, 2048).Public()); !errors.Is(err, ca.ErrRequest) {
		t.Errorf("foreign host: %v", err)
	}
}
