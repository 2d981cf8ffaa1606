package trust_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/trust"
)

// point is a distribution point by directory name, as the national cards have
// it: [0]{ [0]{ [4] name } }.
func point(t testing.TB, cn string) []byte {
	t.Helper()
	name, err := asn1.Marshal(pkix.Name{CommonName: cn}.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	wrapped := name
	for _, tag := range []int{4, 0, 0} {
		wrapped, err = asn1.Marshal(asn1.RawValue{Class: 2, Tag: tag, IsCompound: true, Bytes: wrapped})
		if err != nil {
			t.Fatal(err)
		}
	}
	return wrapped
}

func sequence(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	der, err := asn1.Marshal(asn1.RawValue{Tag: 16, IsCompound: true, Bytes: slices.Concat(parts...)})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func atPoint(t testing.TB, cn string) change {
	value := sequence(t, sequence(t, point(t, cn)))
	return func(c *x509.Certificate) {
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 31}, Value: value})
	}
}

func issuingPoint(value []byte) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: value}}
	}
}

func TestRevocation(t *testing.T) {
	top := root(t, "Root", ecKey(t))
	sub := top.sub(t, "Sub", ecKey(t))
	stranger := root(t, "Sub", ecKey(t))
	old := root(t, "Old", rsaKey(t, 2048))
	k := ecKey(t)
	c, other := sub.person(t, k, atPoint(t, "CRL57")), sub.person(t, k)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	must := trust.Policy{RequireCRL: true}
	subEmpty, topEmpty := sub.crl(t, day(-1), nil), top.crl(t, day(-1), nil)
	revoking := func(from time.Time, change func(*x509.RevocationList), at time.Time) []byte {
		return sub.crl(t, from, change, entry(other, day(-30)), entry(c, at))
	}
	here, there := sequence(t, point(t, "CRL57")), sequence(t, point(t, "CRL58"))
	tests := map[string]struct {
		crls   [][]byte
		policy trust.Policy
		want   error
		fault  string // of the lists
	}{
		"no list, none wanted":              {},
		"no list, one wanted":               {policy: must, want: trust.ErrRevocationUnknown},
		"lists of all":                      {crls: [][]byte{subEmpty, topEmpty}, policy: must},
		"list of the sub CA only":           {crls: [][]byte{subEmpty}, policy: must, want: trust.ErrRevocationUnknown},
		"revoked":                           {crls: [][]byte{revoking(day(-1), nil, day(-2)), topEmpty}, policy: must, want: trust.ErrRevoked},
		"revoked, none wanted":              {crls: [][]byte{revoking(day(-1), nil, day(-2))}, want: trust.ErrRevoked},
		"revoked from this second on":       {crls: [][]byte{revoking(day(-1), nil, now)}, want: trust.ErrRevoked},
		"revoked from tomorrow on":          {crls: [][]byte{revoking(day(-1), nil, day(1))}},
		"revoked by an old list":            {crls: [][]byte{revoking(day(-30), nil, day(-40))}, want: trust.ErrRevoked},
		"sub CA revoked":                    {crls: [][]byte{subEmpty, top.crl(t, day(-1), nil, entry(sub.cert, day(-2)))}, want: trust.ErrRevoked},
		"list too old":                      {crls: [][]byte{sub.crl(t, day(-8), nil)}, want: trust.ErrRevocationUnknown},
		"list too old for policy":           {crls: [][]byte{subEmpty}, policy: trust.Policy{MaxCRLAge: time.Hour}, want: trust.ErrRevocationUnknown},
		"old list that policy takes":        {crls: [][]byte{sub.crl(t, day(-8), nil)}, policy: trust.Policy{MaxCRLAge: 10 * 24 * time.Hour}},
		"list that ends now":                {crls: [][]byte{sub.crl(t, day(-1), func(l *x509.RevocationList) { l.NextUpdate = day(0) })}},
		"list of a stranger of that name":   {crls: [][]byte{stranger.crl(t, day(-1), nil, entry(c, day(-2)))}, fault: "signature does not match"},
		"list of nobody here":               {crls: [][]byte{old.crl(t, day(-1), nil)}, fault: "not among the configured"},
		"list spoiled":                      {crls: [][]byte{spoil(subEmpty)}, fault: "signature does not match"},
		"no list at all":                    {crls: [][]byte{[]byte("hello")}, fault: "neither DER nor PEM"},
		"list cut":                          {crls: [][]byte{subEmpty[:40]}, fault: "cannot be read"},
		"list of its point, revoked":        {crls: [][]byte{revoking(day(-1), issuingPoint(here), day(-2))}, want: trust.ErrRevoked},
		"list of another point":             {crls: [][]byte{revoking(day(-1), issuingPoint(there), day(-2))}},
		"list of another point, one wanted": {crls: [][]byte{revoking(day(-1), issuingPoint(there), day(-2)), topEmpty}, policy: must, want: trust.ErrRevocationUnknown},
		"lists of both points, revoked":     {crls: [][]byte{sub.crl(t, day(-1), issuingPoint(there)), revoking(day(-2), issuingPoint(here), day(-2))}, want: trust.ErrRevoked},
		"list of authorities only":          {crls: [][]byte{revoking(day(-1), issuingPoint(sequence(t, []byte{0x82, 1, 0xff})), day(-2))}},
		"list of users only":                {crls: [][]byte{revoking(day(-1), issuingPoint(sequence(t, []byte{0x81, 1, 0xff})), day(-2))}, want: trust.ErrRevoked},
		"list of some reasons":              {crls: [][]byte{sub.crl(t, day(-1), issuingPoint(sequence(t, []byte{0x83, 2, 6, 0x40})))}, fault: "some reasons"},
		"indirect list":                     {crls: [][]byte{sub.crl(t, day(-1), issuingPoint(sequence(t, []byte{0x84, 1, 0xff})))}, fault: "other issuers"},
		"broken issuing point":              {crls: [][]byte{sub.crl(t, day(-1), issuingPoint([]byte{0x30, 5, 1}))}, fault: "issuing distribution point"},
		"delta list": {crls: [][]byte{sub.crl(t, day(-1), func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
		})}, fault: "2.5.29.27"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, trust.Config{Anchors: certs(top), Intermediates: certs(sub), CRLs: tc.crls, Policy: tc.policy})
			r, err := s.Verify(t.Context(), c, nil, now, card.Authentication)
			if !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			if err == nil && r.Until.After(c.NotAfter) {
				t.Errorf("holds until %v", r.Until)
			}
			if got := errors.Join(s.Faults()...); (got != nil) != (tc.fault != "") || got != nil && !strings.Contains(got.Error(), tc.fault) {
				t.Errorf("faults %v, want %q", got, tc.fault)
			}
		})
	}
}

func spoil(der []byte) []byte {
	b := bytes.Clone(der)
	b[len(b)-1] ^= 1
	return b
}

func TestListOfSHA1(t *testing.T) {
	top := root(t, "Root", rsaKey(t, 2048))
	crl := top.crl(t, now.AddDate(0, 0, -1), func(l *x509.RevocationList) { l.SignatureAlgorithm = x509.SHA1WithRSA })
	c := top.person(t, ecKey(t))
	cfg := trust.Config{Anchors: certs(top), CRLs: [][]byte{crl}}
	if faults := newStore(t, cfg).Faults(); len(faults) != 1 || !errors.Is(faults[0], trust.ErrWeak) {
		t.Errorf("faults %v", faults)
	}
	cfg.Policy.AllowSHA1 = true
	r, err := newStore(t, cfg).Verify(t.Context(), c, nil, now, card.Authentication)
	if err != nil || len(r.Weak) != 1 || !strings.Contains(r.Weak[0], "revocation list") {
		t.Errorf("weak %q, %v", r.Weak, err)
	}
}

func TestReload(t *testing.T) {
	top := root(t, "Root", ecKey(t))
	c := top.person(t, ecKey(t))
	file := filepath.Join(t.TempDir(), "crl.pem")
	write := func(der []byte) {
		t.Helper()
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first := top.crl(t, now.AddDate(0, 0, -2), nil)
	write(first)
	s := newStore(t, trust.Config{Anchors: certs(top), CRLFiles: []string{file}, Policy: trust.Policy{RequireCRL: true}})
	verify := func() error {
		_, err := s.Verify(t.Context(), c, nil, now, card.Authentication)
		return err
	}
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	generation := s.Generation()
	if err := s.Reload(); err != nil || s.Generation() != generation {
		t.Errorf("the same list again: %v, generation %d after %d", err, s.Generation(), generation)
	}

	write(top.crl(t, now.AddDate(0, 0, -1), nil, entry(c, now.AddDate(0, 0, -1))))
	if err := s.Reload(); err != nil || s.Generation() == generation {
		t.Errorf("newer list: %v, generation %d", err, s.Generation())
	}
	if err := verify(); !errors.Is(err, trust.ErrRevoked) {
		t.Errorf("error %v after the newer list", err)
	}

	write(first)
	if err := s.Reload(); err == nil || !strings.Contains(err.Error(), "older") {
		t.Errorf("older list: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := verify(); !errors.Is(err, trust.ErrRevoked) {
		t.Errorf("error %v after the file is gone", err)
	}
}
