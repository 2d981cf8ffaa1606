package ca_test

import (
	"crypto/x509"
	"errors"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker/ca"
	"lanyard/card"
)

func TestRevoke(t *testing.T) {
	for name, o := range map[string]ca.Options{"root alone": {Demo: true}, "issuing CA": {Name: "TestCA01", P256: true, Issuing: true}} {
		t.Run(name, func(t *testing.T) { revoke(t, o) })
	}
}

func revoke(t *testing.T, o ca.Options) {
	a, dir := create(t, o)
	now := time.Now()
	lost := issue(t, a, ca.Request{UID: "900000000017", Purpose: card.Authentication, Public: p256Key(t).Public()})
	kept := issue(t, a, ca.Request{UID: "900000000025", Purpose: card.Authentication, Public: p256Key(t).Public()})
	if err := a.Revoke(lost.SerialNumber, ca.KeyCompromise, now.Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := a.Revoke(lost.SerialNumber, ca.Superseded, now); !errors.Is(err, ca.ErrRevoked) {
		t.Errorf("second revocation: %v", err)
	}
	if err := a.Revoke(big.NewInt(4711), ca.Superseded, now); !errors.Is(err, ca.ErrUnknown) {
		t.Errorf("revocation of a stranger: %v", err)
	}
	if err := a.Revoke(kept.SerialNumber, 7, now); !errors.Is(err, ca.ErrRequest) {
		t.Errorf("reason 7: %v", err)
	}

	again, err := ca.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	crls, err := again.CRLs(now)
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList(crls[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := list.CheckSignatureFrom(a.Issuer()); err != nil {
		t.Error(err)
	}
	if n := len(list.RevokedCertificateEntries); n != 1 || list.RevokedCertificateEntries[0].ReasonCode != 1 {
		t.Errorf("%d entries: %+v", n, list.RevokedCertificateEntries)
	}
	if got := list.NextUpdate.Sub(list.ThisUpdate); got != ca.ListValidity {
		t.Errorf("list is valid for %s", got)
	}

	file := writePEM(t, filepath.Join(t.TempDir(), "crl.pem"), "X509 CRL", crls...)
	if out, err := opensslVerify(t, a, kept, "-crl_check_all", "-CRLfile", file); err != nil {
		t.Errorf("openssl on the kept one: %v\n%s", err, out)
	}
	if out, err := opensslVerify(t, a, lost, "-crl_check_all", "-CRLfile", file); err == nil || !strings.Contains(out, "certificate revoked") {
		t.Errorf("openssl on the lost one: %v\n%s", err, out)
	}

	next, err := again.CRL(now)
	if err != nil {
		t.Fatal(err)
	}
	later, err := x509.ParseRevocationList(next)
	if err != nil || later.Number.Cmp(list.Number) <= 0 {
		t.Errorf("next list has number %v after %v, %v", later.Number, list.Number, err)
	}
}

func TestRenew(t *testing.T) {
	a, _ := create(t, ca.Options{Name: "TestCA01", P256: true})
	other, _ := create(t, ca.Options{Name: "TestCA01", P256: true})
	public := p256Key(t).Public()
	now := time.Now()
	r := ca.Request{UID: "900000000017", Name: "Okafor Grace", Purpose: card.ContentCommitment, Public: public, Virtual: true}

	long := issue(t, a, r)
	if _, err := a.Renew(long, public, now); !errors.Is(err, ca.ErrRenewal) {
		t.Errorf("renewed two years before the end: %v", err)
	}
	if _, err := a.Renew(long, public, long.NotAfter.Add(time.Second)); !errors.Is(err, ca.ErrRenewal) {
		t.Errorf("renewed after the end: %v", err)
	}
	if _, err := other.Renew(long, public, now); !errors.Is(err, ca.ErrUnknown) {
		t.Errorf("renewed by another authority: %v", err)
	}

	at := long.NotAfter.Add(-ca.RenewalWindow)
	c := long
	for range ca.MaxRenewals {
		next, err := a.Renew(c, public, at)
		if err != nil {
			t.Fatal(err)
		}
		if next.Subject.String() != c.Subject.String() || card.PurposeOf(next) != card.ContentCommitment || !card.IsVirtual(next) {
			t.Errorf("renewed into %v", next.Subject)
		}
		c, at = next, next.NotAfter.Add(-time.Hour)
	}
	if _, err := a.Renew(c, public, at); !errors.Is(err, ca.ErrRenewal) {
		t.Errorf("third renewal in a row: %v", err)
	}

	lost := issue(t, a, ca.Request{UID: "900000000017", Purpose: card.Authentication, Public: public, NotAfter: now.Add(24 * time.Hour)})
	if err := a.Revoke(lost.SerialNumber, ca.KeyCompromise, now); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Renew(lost, public, now); !errors.Is(err, ca.ErrRevoked) {
		t.Errorf("renewed after revocation: %v", err)
	}
}
