package ca_test

import (
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker/ca"
	"lanyard/card"
	"lanyard/card/trust"
)

// TestTrust: what this authority issues is what the product's verifier takes,
// with lists demanded, and refuses for the right reason.
func TestTrust(t *testing.T) {
	for name, o := range map[string]ca.Options{
		"demo":             {Demo: true},
		"issuing CA":       {Name: "TestCA01", Issuing: true},
		"issuing CA P-256": {Name: "TestCA01", Issuing: true, P256: true},
	} {
		t.Run(name, func(t *testing.T) { checkTrust(t, o) })
	}
}

func checkTrust(t *testing.T, o ca.Options) {
	a, _ := create(t, o)
	request := func(p card.Purpose, virtual bool) ca.Request {
		return ca.Request{UID: "900000000017", Name: "Okafor Grace", Purpose: p, Public: p256Key(t).Public(), Virtual: virtual}
	}
	now := time.Now()
	signOn := issue(t, a, request(card.Authentication, false))
	commit := issue(t, a, request(card.ContentCommitment, false))
	virtual := issue(t, a, request(card.Authentication, true))
	lost := issue(t, a, request(card.Authentication, false))
	old := request(card.Authentication, false)
	old.NotBefore, old.NotAfter = now.Add(-2*time.Minute), now.Add(-time.Minute)
	expired := issue(t, a, old)
	if err := a.Revoke(lost.SerialNumber, ca.KeyCompromise, now.Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	crls, err := a.CRLs(now)
	if err != nil {
		t.Fatal(err)
	}
	s, err := trust.New(trust.Config{
		Anchors: []*x509.Certificate{a.Root()}, Intermediates: a.Intermediates(),
		CRLs: crls, Policy: trust.Policy{RequireCRL: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if f := s.Faults(); len(f) > 0 {
		t.Fatal(f)
	}
	for name, tc := range map[string]struct {
		cert *x509.Certificate
		p    card.Purpose
		want error
	}{
		"sign-on":       {signOn, card.Authentication, nil},
		"commitment":    {commit, card.ContentCommitment, nil},
		"other purpose": {commit, card.Authentication, trust.ErrUsage},
		"virtual":       {virtual, card.Authentication, trust.ErrVirtual},
		"revoked":       {lost, card.Authentication, trust.ErrRevoked},
		"expired":       {expired, card.Authentication, trust.ErrDates},
		"the root":      {a.Root(), card.Authentication, trust.ErrUntrusted},
	} {
		if _, err := s.Verify(t.Context(), tc.cert, nil, now, tc.p); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
}

// TestTrustOfForeignMaker: certificates and a list made by openssl alone.
func TestTrustOfForeignMaker(t *testing.T) {
	dir := foreignAuthority(t)
	oldCards := trust.Policy{AllowSHA1: true, AllowRSA1024: true, RequireCRL: true}
	for name, tc := range map[string]struct {
		cert   string
		policy trust.Policy
		want   error
	}{
		"holds":          {"kept.crt", oldCards, nil},
		"revoked":        {"lost.crt", oldCards, trust.ErrRevoked},
		"against policy": {"kept.crt", trust.Policy{}, trust.ErrWeak},
	} {
		s, err := trust.New(trust.Config{
			Anchors:  []*x509.Certificate{readCertificate(t, filepath.Join(dir, "ca.crt"))},
			CRLFiles: []string{filepath.Join(dir, "list.pem")}, Policy: tc.policy,
		})
		if err != nil {
			t.Fatal(err)
		}
		c := readCertificate(t, filepath.Join(dir, tc.cert))
		r, err := s.Verify(t.Context(), c, nil, time.Now().Add(time.Second), card.Authentication)
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
		if err == nil && len(r.Weak) != 3 { // key, its certificate, the list
			t.Errorf("%s: weak %q", name, r.Weak)
		}
	}
}

// foreignAuthority makes an authority of the old kind with two people, one
// revoked, and its list.
func foreignAuthority(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	config, err := filepath.Abs("testdata/openssl.cnf")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"index.txt": "", "serial": "1000\n", "crlnumber": "01\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	openssl := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "openssl", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	openssl("req", "-x509", "-config", config, "-extensions", "authority", "-newkey", "rsa:2048", "-noenc", "-sha1", "-days", "30",
		"-subj", "/O=nhs/OU=CA/CN=SubCA02", "-keyout", "ca.key", "-out", "ca.crt")
	for _, who := range []string{"kept", "lost"} {
		openssl("req", "-new", "-config", config, "-newkey", "rsa:1024", "-noenc",
			"-subj", "/O=nhs/OU=people/CN=900000000017", "-keyout", who+".key", "-out", who+".csr")
		openssl("ca", "-config", config, "-batch", "-notext", "-preserveDN", "-in", who+".csr", "-out", who+".crt")
	}
	openssl("ca", "-config", config, "-revoke", "lost.crt", "-crl_reason", "keyCompromise")
	openssl("ca", "-config", config, "-gencrl", "-out", "list.pem")
	return dir
}

func readCertificate(t *testing.T, path string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cs, err := trust.ReadCertificates(text)
	if err != nil {
		t.Fatal(err)
	}
	return cs[0]
}
