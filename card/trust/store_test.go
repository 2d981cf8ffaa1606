package trust_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/trust"
)

func newStore(t testing.TB, c trust.Config) *trust.Store {
	t.Helper()
	s, err := trust.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func certs(as ...*authority) []*x509.Certificate {
	var cs []*x509.Certificate
	for _, a := range as {
		cs = append(cs, a.cert)
	}
	return cs
}

func critical(c *x509.Certificate) {
	c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}})
}

func dates(from, to time.Time) change {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = from, to }
}

func sha1RSA(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA }

func usage(u x509.KeyUsage) change { return func(c *x509.Certificate) { c.KeyUsage = u } }

func virtual(c *x509.Certificate) { c.Policies = append(c.Policies, card.PolicyVirtual()) }

func TestVerify(t *testing.T) {
	k := ecKey(t)
	strong, weak := rsaKey(t, 2048), rsaKey(t, 1024)
	top := root(t, "Root", ecKey(t))
	sub := top.sub(t, "SubCA02", strong)
	impostor := root(t, "SubCA02", ecKey(t))
	commit, _ := card.PolicyOID(card.ContentCommitment)
	with := func(p trust.Policy) trust.Config {
		return trust.Config{Anchors: certs(top), Intermediates: certs(sub), Policy: p}
	}
	plain := with(trust.Policy{})
	chain := func(cfg trust.Config, as ...*authority) trust.Config {
		cfg.Intermediates = certs(as...)
		return cfg
	}
	tests := map[string]row{
		"holds":                       {cfg: plain, cert: sub.person(t, k)},
		"intermediate from outside":   {cfg: chain(plain), cert: sub.person(t, k), helpers: certs(sub)},
		"sub CA as anchor":            {cfg: trust.Config{Anchors: certs(sub)}, cert: sub.person(t, k)},
		"intermediate missing":        {cfg: chain(plain), cert: sub.person(t, k), want: trust.ErrUntrusted},
		"no certificate":              {cfg: plain, want: trust.ErrUntrusted},
		"other CA of the same name":   {cfg: plain, cert: impostor.person(t, k), want: trust.ErrUntrusted},
		"impostor helps itself":       {cfg: plain, cert: impostor.person(t, k), helpers: certs(impostor), want: trust.ErrUntrusted},
		"impostor beside the true":    {cfg: plain, cert: sub.person(t, k), helpers: certs(impostor)},
		"self-signed":                 {cfg: plain, cert: root(t, "900000000017", k).cert, want: trust.ErrUntrusted},
		"expired":                     {cfg: plain, cert: sub.person(t, k, dates(now.AddDate(-2, 0, 0), now.Add(-time.Second))), want: trust.ErrDates},
		"not yet":                     {cfg: plain, cert: sub.person(t, k, dates(now.Add(time.Second), now.AddDate(1, 0, 0))), want: trust.ErrDates},
		"intermediate expired":        {cfg: chain(plain), cert: sub.person(t, k), helpers: certs(top.sub(t, "SubCA02", strong, dates(now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)))), want: trust.ErrDates},
		"anchor expired":              expiredAnchor(t),
		"expired and other purpose":   {cfg: plain, cert: sub.person(t, k, usage(x509.KeyUsageContentCommitment), dates(now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0))), want: trust.ErrDates},
		"content commitment":          {cfg: plain, cert: sub.person(t, k, usage(x509.KeyUsageContentCommitment), func(c *x509.Certificate) { c.Policies = []x509.OID{commit} }), purpose: card.ContentCommitment},
		"commitment key for sign-on":  {cfg: plain, cert: sub.person(t, k, usage(x509.KeyUsageContentCommitment)), want: trust.ErrUsage},
		"sign-on key for commitment":  {cfg: plain, cert: sub.person(t, k), purpose: card.ContentCommitment, want: trust.ErrUsage},
		"policy of the other purpose": {cfg: plain, cert: sub.person(t, k, func(c *x509.Certificate) { c.Policies = []x509.OID{commit} }), want: trust.ErrUsage},
		"key for encryption":          {cfg: plain, cert: sub.person(t, k, usage(x509.KeyUsageKeyEncipherment), func(c *x509.Certificate) { c.Policies = nil }), want: trust.ErrUsage},
		"no purpose wanted":           {cfg: plain, cert: sub.person(t, k), purpose: 99, want: trust.ErrUsage},
		"server certificate":          {cfg: plain, cert: sub.person(t, k, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), want: trust.ErrUsage},
		"client certificate":          {cfg: plain, cert: sub.person(t, k, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })},
		"critical and unknown":        {cfg: plain, cert: sub.person(t, k, critical), want: trust.ErrUsage},
		"authority itself":            {cfg: plain, cert: sub.cert, want: trust.ErrUsage},
		"virtual refused":             {cfg: plain, cert: sub.person(t, k, virtual), want: trust.ErrVirtual},
		"virtual allowed":             {cfg: with(trust.Policy{AllowVirtual: true}), cert: sub.person(t, k, virtual)},
		"SHA-1 refused":               {cfg: plain, cert: sub.person(t, k, sha1RSA), want: trust.ErrWeak},
		"SHA-1 allowed":               {cfg: with(trust.Policy{AllowSHA1: true}), cert: sub.person(t, k, sha1RSA), weak: "SHA-1 signature on CN=900000000017,OU=people,O=nhs"},
		"RSA 1024 refused":            {cfg: plain, cert: sub.person(t, weak), want: trust.ErrWeak},
		"RSA 1024 allowed":            {cfg: with(trust.Policy{AllowRSA1024: true}), cert: sub.person(t, weak), weak: "RSA 1024 key of CN=900000000017,OU=people,O=nhs"},
		"RSA 1024 is not SHA-1":       {cfg: with(trust.Policy{AllowSHA1: true}), cert: sub.person(t, weak, sha1RSA), want: trust.ErrWeak},
		"issuer is no authority":      noAuthority(t, plain, top, k),
		"issuer may not sign":         below(t, chain(plain), top.sub(t, "S", ecKey(t), usage(x509.KeyUsageCRLSign)), k, trust.ErrUntrusted),
		"issuer critical":             below(t, chain(plain), top.sub(t, "S", ecKey(t), critical), k, trust.ErrUntrusted),
		"too many below":              tooMany(t, k),
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			p := tc.purpose
			switch p {
			case 0:
				p = card.Authentication
			case 99:
				p = card.OtherPurpose
			}
			r, err := newStore(t, tc.cfg).Verify(t.Context(), tc.cert, tc.helpers, now, p)
			if !errors.Is(err, tc.want) {
				t.Fatalf("error %v, want %v", err, tc.want)
			}
			if err != nil {
				return
			}
			if got := strings.Join(r.Weak, ", "); got != tc.weak {
				t.Errorf("weak: %q, want %q", got, tc.weak)
			}
			if r.Path[0] != tc.cert || !tc.cfg.Anchors[0].Equal(r.Path[len(r.Path)-1]) {
				t.Errorf("path of %d does not go from the certificate to the anchor", len(r.Path))
			}
			if !r.Until.Equal(now.AddDate(1, 0, 0)) {
				t.Errorf("holds until %v", r.Until)
			}
		})
	}
	if !errors.Is(trust.ErrVirtual, trust.ErrUsage) {
		t.Error("ErrVirtual is not an ErrUsage")
	}
}

// row is one case of TestVerify.
type row struct {
	cfg     trust.Config
	cert    *x509.Certificate
	helpers []*x509.Certificate
	purpose card.Purpose
	want    error
	weak    string // of the report
}

func below(t *testing.T, cfg trust.Config, a *authority, k crypto.Signer, want error) row {
	return row{cfg: cfg, cert: a.person(t, k), helpers: certs(a), want: want}
}

func expiredAnchor(t *testing.T) row {
	a := root(t, "Old", ecKey(t), dates(now.AddDate(-3, 0, 0), now.Add(-time.Hour)))
	return row{cfg: trust.Config{Anchors: certs(a)}, cert: a.person(t, ecKey(t)), want: trust.ErrDates}
}

// noAuthority: the holder of a card signs a certificate with its key.
func noAuthority(t *testing.T, cfg trust.Config, top *authority, k crypto.Signer) row {
	holder := &authority{top.person(t, k), k}
	return row{cfg: cfg, cert: holder.person(t, ecKey(t)), helpers: certs(holder), want: trust.ErrUntrusted}
}

func tooMany(t *testing.T, k crypto.Signer) row {
	top := root(t, "Narrow", ecKey(t), func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true })
	sub := top.sub(t, "Sub", ecKey(t))
	return row{cfg: trust.Config{Anchors: certs(top)}, cert: sub.person(t, k), helpers: certs(sub), want: trust.ErrUntrusted}
}

func TestRecordedCard(t *testing.T) {
	der, err := os.ReadFile("testdata/recorded-card.der")
	if err != nil {
		t.Fatal(err)
	}
	cs, err := trust.ReadCertificates(der)
	if err != nil {
		t.Fatal(err)
	}
	s := newStore(t, trust.Config{Anchors: certs(root(t, "SubCA02", rsaKey(t, 2048))), Policy: trust.Policy{AllowSHA1: true, AllowRSA1024: true}})
	if got := card.PurposeOf(cs[0]); got != card.Authentication {
		t.Errorf("purpose %v", got)
	}
	at := time.Date(2017, 5, 1, 0, 0, 0, 0, time.UTC)
	if _, err := s.Verify(t.Context(), cs[0], nil, at, card.Authentication); !errors.Is(err, trust.ErrUntrusted) {
		t.Errorf("error %v", err)
	}
}

// TestCrossCertificatesAreBounded: authorities that certify each other in
// every direction, with many certificates each, end in a refusal soon.
func TestCrossCertificatesAreBounded(t *testing.T) {
	var as []*authority
	for _, cn := range []string{"A", "B", "C", "D"} {
		as = append(as, root(t, cn, ecKey(t)))
	}
	var between []*x509.Certificate
	for _, a := range as {
		for _, b := range as {
			for range 4 {
				between = append(between, a.cross(t, b))
			}
		}
	}
	top := root(t, "Top", ecKey(t))
	lost := newStore(t, trust.Config{Anchors: certs(top), Intermediates: between})
	leaf := as[0].person(t, ecKey(t))
	begin := time.Now()
	if _, err := lost.Verify(t.Context(), leaf, between, now, card.Authentication); !errors.Is(err, trust.ErrUntrusted) {
		t.Errorf("error %v", err)
	}
	if d := time.Since(begin); d > 2*time.Second {
		t.Errorf("took %s", d)
	}
	found := newStore(t, trust.Config{Anchors: certs(top), Intermediates: append(between, top.cross(t, as[2]))})
	r, err := found.Verify(t.Context(), as[2].person(t, ecKey(t)), nil, now, card.Authentication)
	if err != nil || len(r.Path) != 3 {
		t.Errorf("path of %d, %v", len(r.Path), err)
	}
}

func TestVerifyEndsWithContext(t *testing.T) {
	top := root(t, "Top", ecKey(t))
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("client is gone")
	cancel(gone)
	_, err := newStore(t, trust.Config{Anchors: certs(top)}).Verify(ctx, top.person(t, ecKey(t)), nil, now, card.Authentication)
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	top := root(t, "Top", ecKey(t))
	for name, c := range map[string]trust.Config{
		"no anchor":       {},
		"anchor is no CA": {Anchors: []*x509.Certificate{top.person(t, ecKey(t))}},
		"age below zero":  {Anchors: certs(top), Policy: trust.Policy{MaxCRLAge: -1}},
	} {
		if _, err := trust.New(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
