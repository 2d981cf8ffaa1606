package ca

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"time"

	"lanyard/card"
)

// Rules of renewal by the holder, as the national service has them.
const (
	RenewalWindow = 90 * 24 * time.Hour // before the end
	MaxRenewals   = 2                   // in a row, then in person
)

// Renew issues the next certificate for the holder of one of this authority's,
// for a key that may be the old one. It is granted in the last 90 days of the
// old certificate, twice in a row, and never after its end or revocation. The
// old certificate stays valid until its own end.
func (a *Authority) Renew(old *x509.Certificate, public crypto.PublicKey, now time.Time) (*x509.Certificate, error) {
	ix, err := readIndex(a.path(indexFile))
	if err != nil {
		return nil, err
	}
	e, err := ix.find(old.SerialNumber.Text(16))
	if err != nil {
		return nil, err
	}
	purpose := card.PurposeOf(old)
	switch {
	case entry(old, e.Kind).SHA256 != e.SHA256 || e.UID == "":
		return nil, fmt.Errorf("%w: serial number %s", ErrUnknown, e.Serial)
	case e.Revoked != nil:
		return nil, fmt.Errorf("%w: it was revoked at %s: %w", ErrRenewal, e.Revoked.At.Format(time.RFC3339), ErrRevoked)
	case now.After(e.NotAfter):
		return nil, fmt.Errorf("%w: it ended at %s", ErrRenewal, e.NotAfter.Format(time.RFC3339))
	case e.NotAfter.Sub(now) > RenewalWindow:
		return nil, fmt.Errorf("%w: renewal begins at %s", ErrRenewal, e.NotAfter.Add(-RenewalWindow).Format(time.RFC3339))
	case e.Renewals >= MaxRenewals:
		return nil, fmt.Errorf("%w: it was renewed %d times in a row, the next one is issued in person", ErrRenewal, e.Renewals)
	}
	return a.issue(Request{
		UID: e.UID, Name: e.Name, Purpose: purpose, Public: public, Virtual: e.Virtual, NotBefore: now,
	}, e.Renewals+1)
}
