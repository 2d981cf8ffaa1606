package ca_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/card"
)

func p256Key(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func create(t *testing.T, o ca.Options) (*ca.Authority, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ca")
	a, err := ca.Create(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return a, dir
}

func issue(t *testing.T, a *ca.Authority, r ca.Request) *x509.Certificate {
	t.Helper()
	c, err := a.Issue(r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func writePEM(t *testing.T, path, kind string, ders ...[]byte) string {
	t.Helper()
	var text []byte
	for _, der := range ders {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// opensslVerify asks a judge that shares no code with us.
func opensslVerify(t *testing.T, a *ca.Authority, c *x509.Certificate, args ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	argv := append([]string{"verify", "-x509_strict", "-CAfile", a.RootFile()}, args...)
	for _, i := range a.Intermediates() {
		argv = append(argv, "-untrusted", writePEM(t, filepath.Join(dir, "i.pem"), "CERTIFICATE", i.Raw))
	}
	argv = append(argv, writePEM(t, filepath.Join(dir, "c.pem"), "CERTIFICATE", c.Raw))
	out, err := exec.CommandContext(t.Context(), "openssl", argv...).CombinedOutput()
	return string(out), err
}

func TestProfile(t *testing.T) {
	shapes := map[string]ca.Options{
		"root alone RSA":     {Name: "TestCA01"},
		"issuing below, RSA": {Name: "TestCA01", Issuing: true},
		"issuing, P-256":     {Name: "TestCA01", Issuing: true, P256: true},
		"demo":               {Demo: true},
		"demo with issuing":  {Demo: true, Issuing: true},
	}
	keys := map[string]crypto.PublicKey{"RSA": rsaKey(t, 2048).Public(), "P-256": p256Key(t).Public()}
	for name, o := range shapes {
		t.Run(name, func(t *testing.T) {
			a, _ := create(t, o)
			for kind, public := range keys {
				for _, p := range []card.Purpose{card.Authentication, card.ContentCommitment} {
					t.Run(kind+" "+p.String(), func(t *testing.T) { checkProfile(t, a, public, p) })
				}
			}
		})
	}
}

func checkProfile(t *testing.T, a *ca.Authority, public crypto.PublicKey, p card.Purpose) {
	c := issue(t, a, ca.Request{UID: "900000000017", Name: "Okafor J. Grace", Purpose: p, Public: public, Virtual: true})
	if out, err := opensslVerify(t, a, c); err != nil {
		t.Errorf("openssl verify: %v\n%s", err, out)
	}
	wantSubject := "CN=900000000017,OU=people,O=nhs"
	if p == card.ContentCommitment {
		wantSubject = "CN=900000000017_OKAFOR_J_GRACE,OU=people,O=nhs"
	}
	if got := c.Subject.String(); got != wantSubject {
		t.Errorf("subject %s, want %s", got, wantSubject)
	}
	if got, want := c.Issuer.String(), "CN="+a.Issuer().Subject.CommonName+",OU=CA,O=nhs"; got != want {
		t.Errorf("issuer %s, want %s", got, want)
	}
	if uid, err := broker.UIDOf(c); err != nil || uid != "900000000017" {
		t.Errorf("uid %q, %v", uid, err)
	}
	if got := card.PurposeOf(c); got != p {
		t.Errorf("purpose %v, want %v", got, p)
	}
	if !card.IsVirtual(c) {
		t.Error("certificate does not say that its card is virtual")
	}
	if !hasPolicy(c, p) {
		t.Errorf("policies %v lack the national one", c.Policies)
	}
	if c.Version != 3 || c.NotAfter.Sub(c.NotBefore) > ca.MaxValidity || c.NotAfter.After(a.Issuer().NotAfter) {
		t.Errorf("version %d, from %v to %v", c.Version, c.NotBefore, c.NotAfter)
	}
	if c.SignatureAlgorithm != x509.SHA256WithRSA && c.SignatureAlgorithm != x509.ECDSAWithSHA256 {
		t.Errorf("signature algorithm %v", c.SignatureAlgorithm)
	}
	checkExtensions(t, c, p)
}

func hasPolicy(c *x509.Certificate, p card.Purpose) bool {
	want, _ := card.PolicyOID(p)
	for _, oid := range c.Policies {
		if oid.Equal(want) {
			return true
		}
	}
	return false
}

// checkExtensions: a deployed client re-encodes critical extensions wrongly.
func checkExtensions(t *testing.T, c *x509.Certificate, p card.Purpose) {
	t.Helper()
	var crlPoints, basic bool
	for _, e := range c.Extensions {
		if e.Critical && p == card.Authentication {
			t.Errorf("extension %v is critical", e.Id)
		}
		if e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 32}) && e.Critical != (p == card.ContentCommitment) {
			t.Errorf("policies critical: %v", e.Critical)
		}
		crlPoints = crlPoints || e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 31})
		basic = basic || e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 19})
	}
	if !crlPoints || !basic || c.IsCA {
		t.Errorf("CRL distribution point %v, basic constraints %v, CA %v", crlPoints, basic, c.IsCA)
	}
}

func TestCRLPointIsANameUnderTheIssuer(t *testing.T) {
	a, dir := create(t, ca.Options{Name: "TestCA01"})
	c := issue(t, a, ca.Request{UID: "900000000017", Purpose: card.Authentication, Public: p256Key(t).Public()})
	f := writePEM(t, filepath.Join(dir, "c.pem"), "CERTIFICATE", c.Raw)
	out, err := exec.CommandContext(t.Context(), "openssl", "x509", "-in", f, "-noout", "-ext", "crlDistributionPoints").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "DirName:O = nhs, OU = CA, CN = TestCA01, CN = CRL1") {
		t.Errorf("openssl reads %s, %v", out, err)
	}
}

func TestIssueRefuses(t *testing.T) {
	a, _ := create(t, ca.Options{Name: "TestCA01", P256: true})
	ok := ca.Request{UID: "900000000017", Name: "Okafor Grace", Purpose: card.Authentication, Public: p256Key(t).Public()}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for name, tc := range map[string]struct {
		change func(*ca.Request)
		want   error
	}{
		"uid of 11 digits":    {func(r *ca.Request) { r.UID = "90000000001" }, ca.ErrRequest},
		"uid with letters":    {func(r *ca.Request) { r.UID = "90000000001X" }, ca.ErrRequest},
		"no purpose":          {func(r *ca.Request) { r.Purpose = card.OtherPurpose }, ca.ErrRequest},
		"no name":             {func(r *ca.Request) { r.Purpose, r.Name = card.ContentCommitment, " ." }, ca.ErrRequest},
		"name not UTF-8":      {func(r *ca.Request) { r.Purpose, r.Name = card.ContentCommitment, "\xff" }, ca.ErrRequest},
		"more than 2 years":   {func(r *ca.Request) { r.NotBefore, r.NotAfter = now, now.AddDate(2, 0, 3) }, ca.ErrRequest},
		"ends before begin":   {func(r *ca.Request) { r.NotBefore, r.NotAfter = now, now.Add(-time.Hour) }, ca.ErrRequest},
		"outlives the CA":     {func(r *ca.Request) { r.NotBefore, r.NotAfter = now.AddDate(9, 0, 0), now.AddDate(10, 6, 0) }, ca.ErrRequest},
		"RSA 1024":            {func(r *ca.Request) { r.Public = &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537} }, ca.ErrKey},
		"P-384":               {func(r *ca.Request) { r.Public = p384.Public() }, ca.ErrKey},
		"no key":              {func(r *ca.Request) { r.Public = nil }, ca.ErrKey},
		"private key instead": {func(r *ca.Request) { r.Public = p384 }, ca.ErrKey},
	} {
		t.Run(name, func(t *testing.T) {
			r := ok
			tc.change(&r)
			if _, err := a.Issue(r); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
	if all, err := a.Issued(); err != nil || len(all) != 0 {
		t.Errorf("index holds %d entries after refusals, %v", len(all), err)
	}
}

func TestExpiredOnRequest(t *testing.T) {
	a, _ := create(t, ca.Options{Demo: true})
	now := time.Now()
	c := issue(t, a, ca.Request{
		UID: "900000000017", Purpose: card.Authentication, Public: p256Key(t).Public(), Virtual: true,
		NotBefore: now.AddDate(0, 0, -20), NotAfter: now.AddDate(0, 0, -1),
	})
	if out, err := opensslVerify(t, a, c); err == nil || !strings.Contains(out, "certificate has expired") {
		t.Errorf("openssl verify: %v\n%s", err, out)
	}
}

func TestLongNameIsCutToALabel(t *testing.T) {
	a, _ := create(t, ca.Options{Name: "TestCA01", P256: true})
	c := issue(t, a, ca.Request{
		UID: "900000000017", Purpose: card.ContentCommitment, Public: p256Key(t).Public(),
		Name: "Llanfair " + strings.Repeat("ŵ", 60),
	})
	if cn := c.Subject.CommonName; len(cn) > 45 || !strings.HasPrefix(cn, "900000000017_LLANFAIR_ŴŴ") || strings.ContainsRune(cn, '\ufffd') {
		t.Errorf("common name %q of %d octets", cn, len(cn))
	}
}

func TestOpenDamaged(t *testing.T) {
	other, otherDir := create(t, ca.Options{Name: "Other", P256: true, Issuing: true})
	for name, damage := range map[string]func(dir string) error{
		"key of another": func(d string) error {
			return copyFile(filepath.Join(otherDir, "root.key"), filepath.Join(d, "root.key"))
		},
		"cut certificate":   func(d string) error { return os.Truncate(filepath.Join(d, "root.crt"), 200) },
		"empty key":         func(d string) error { return os.Truncate(filepath.Join(d, "issuing.key"), 0) },
		"index cut in half": func(d string) error { return os.Truncate(filepath.Join(d, "index.json"), 10) },
		"issuing CA of another": func(d string) error {
			return errors.Join(
				copyFile(filepath.Join(otherDir, "issuing.key"), filepath.Join(d, "issuing.key")),
				copyFile(filepath.Join(otherDir, "issuing.crt"), filepath.Join(d, "issuing.crt")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, dir := create(t, ca.Options{Name: "TestCA01", P256: true, Issuing: true})
			if err := damage(dir); err != nil {
				t.Fatal(err)
			}
			if _, err := ca.Open(dir); !errors.Is(err, ca.ErrDamaged) {
				t.Errorf("error %v, want %v", err, ca.ErrDamaged)
			}
		})
	}
	if _, err := ca.Open(filepath.Dir(other.RootFile()) + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open of nothing: %v", err)
	}
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

func TestCreateRefuses(t *testing.T) {
	_, dir := create(t, ca.Options{Demo: true, P256: true})
	if _, err := ca.Create(dir, ca.Options{Demo: true, P256: true}); !errors.Is(err, ca.ErrExists) {
		t.Errorf("second create: %v", err)
	}
	for name, o := range map[string]ca.Options{
		"no name":                {},
		"long name":              {Name: strings.Repeat("x", 41)},
		"demo name on a real CA": {Name: "Lanyard demo CA for real"},
		"other name on a demo":   {Demo: true, Name: "NHS Root Authority"},
		"demo of a year":         {Demo: true, Validity: 365 * 24 * time.Hour},
		"demo for a host":        {Demo: true, PermittedHosts: []string{"example.org"}},
	} {
		if _, err := ca.Create(filepath.Join(t.TempDir(), "x"), o); !errors.Is(err, ca.ErrRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIndexSurvivesAndIsShared(t *testing.T) {
	a, dir := create(t, ca.Options{Demo: true, P256: true})
	b, err := ca.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	public := p256Key(t).Public()
	const each = 10
	var wg sync.WaitGroup
	for _, auth := range []*ca.Authority{a, b} {
		for range each {
			wg.Go(func() {
				if _, err := auth.Issue(ca.Request{UID: "900000000017", Purpose: card.Authentication, Public: public}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	all, err := b.Issued()
	if err != nil || len(all) != 2*each {
		t.Fatalf("index holds %d, %v", len(all), err)
	}
	seen := map[string]bool{}
	for _, e := range all {
		if seen[e.Serial] || len(e.Serial) < 16 {
			t.Errorf("serial number %s", e.Serial)
		}
		seen[e.Serial] = true
	}
}
