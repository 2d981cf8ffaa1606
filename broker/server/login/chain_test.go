package login

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"lanyard/broker/ca"
	"lanyard/card"
	"lanyard/card/trust"
)

// counting is a checker that counts how often it is asked. What it finds is the
// test's to say: a real one does not change its mind on command.
type counting struct {
	asked      int
	generation uint64
	report     trust.Report
	err        error
}

func (c *counting) Generation() uint64 { return c.generation }

func (c *counting) Verify(context.Context, *x509.Certificate, []*x509.Certificate, time.Time, card.Purpose) (trust.Report, error) {
	c.asked++
	return c.report, c.err
}

func TestChainsRemember(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	cert := &x509.Certificate{Raw: []byte("a"), NotBefore: now.Add(-time.Hour)}
	under := &counting{report: trust.Report{Path: []*x509.Certificate{cert}, Until: now.Add(time.Hour)}}
	c := NewChains(under)
	ask := func(what string, cert *x509.Certificate, at time.Time, p card.Purpose, wantAsked int, want error) {
		t.Helper()
		before := under.asked
		if _, err := c.Verify(t.Context(), cert, nil, at, p); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		if got := under.asked - before; got != wantAsked {
			t.Errorf("%s: asked %d times, want %d", what, got, wantAsked)
		}
	}
	ask("first", cert, now, card.Authentication, 1, nil)
	ask("again", cert, now.Add(59*time.Minute), card.Authentication, 0, nil)
	ask("another certificate", &x509.Certificate{Raw: []byte("b")}, now, card.Authentication, 1, nil)
	ask("another purpose", cert, now, card.ContentCommitment, 1, nil)
	ask("when a list has become too old", cert, now.Add(time.Hour), card.Authentication, 1, nil)
	ask("before the certificate begins", cert, now.Add(-2*time.Hour), card.Authentication, 1, nil)
	under.generation++
	ask("after new lists", cert, now, card.Authentication, 1, nil)
	ask("and again", cert, now, card.Authentication, 0, nil)
	under.generation++
	under.err = trust.ErrRevoked
	ask("revoked since", cert, now, card.Authentication, 1, trust.ErrRevoked)
	ask("refusals are not remembered", cert, now, card.Authentication, 1, trust.ErrRevoked)
}

// TestChainsKeepCertificates: what held comes back as it was parsed, and
// nothing else is taken for it.
func TestChainsKeepCertificates(t *testing.T) {
	authority, err := ca.Create(t.TempDir(), ca.Options{Name: "Test CA"})
	if err != nil {
		t.Fatal(err)
	}
	cert := authority.Root()
	under := &counting{report: trust.Report{Path: []*x509.Certificate{cert}, Until: cert.NotAfter}}
	c := NewChains(under)
	first, err := c.Certificate(cert.Raw)
	if err != nil || first == cert || !first.Equal(cert) {
		t.Fatalf("a certificate that nobody has met: %v", err)
	}
	if _, err := c.Verify(t.Context(), cert, nil, cert.NotBefore, card.Authentication); err != nil {
		t.Fatal(err)
	}
	if again, err := c.Certificate(cert.Raw); err != nil || again != cert {
		t.Errorf("one that held was parsed again, or not at all: %v", err)
	}
	spoilt := bytes.Clone(cert.Raw)
	spoilt[len(spoilt)-1] ^= 1
	if other, err := c.Certificate(spoilt); err == nil && other == cert {
		t.Error("another certificate is taken for it")
	}
}
