package ca

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"math/big"
	"time"
)

// Reason is why a certificate was revoked, as RFC 5280 numbers it.
type Reason int

// The reasons that cards have.
const (
	Unspecified    Reason = 0
	KeyCompromise  Reason = 1 // the card was lost or stolen
	NameChanged    Reason = 3 // affiliationChanged: the holder's name or post
	Superseded     Reason = 4 // a new card took its place
	CardSurrender  Reason = 5 // cessationOfOperation: the card was handed in
	PrivilegeEnded Reason = 9 // privilegeWithdrawn
)

// ListValidity is how long a revocation list holds before the next is due.
const ListValidity = 7 * 24 * time.Hour

// Revoke revokes a certificate from a time on. A revoked one stays revoked as
// it was: the error is [ErrRevoked].
func (a *Authority) Revoke(serial *big.Int, why Reason, at time.Time) error {
	if why < Unspecified || why > 10 || why == 7 {
		return fmt.Errorf("%w: there is no reason %d", ErrRequest, why)
	}
	return a.change(func(ix *index) error {
		e, err := ix.find(serial.Text(16))
		if err != nil {
			return err
		}
		if e.Revoked != nil {
			return fmt.Errorf("%w: serial number %s at %s", ErrRevoked, e.Serial, e.Revoked.At.Format(time.RFC3339))
		}
		e.Revoked = &Revoked{At: at.UTC().Truncate(time.Second), Reason: why}
		return nil
	})
}

// CRL makes the issuer's next revocation list (DER): what was revoked, expired
// or not, with a number of its own.
func (a *Authority) CRL(now time.Time) ([]byte, error) {
	return a.list(now, a.issuer, a.key, true)
}

// CRLs makes a list for every CA of the authority: the issuer's and, where
// that is not the root, the root's, which is empty.
func (a *Authority) CRLs(now time.Time) ([][]byte, error) {
	own, err := a.CRL(now)
	if err != nil {
		return nil, err
	}
	if len(a.Intermediates()) == 0 {
		return [][]byte{own}, nil
	}
	root, err := a.list(now, a.root, a.rootKey, false)
	if err != nil {
		return nil, err
	}
	return [][]byte{own, root}, nil
}

func (a *Authority) list(now time.Time, by *x509.Certificate, key crypto.Signer, revoked bool) (der []byte, err error) {
	now = now.UTC().Truncate(time.Second)
	err = a.change(func(ix *index) error {
		ix.CRLNumber++
		t := &x509.RevocationList{
			Number:     big.NewInt(ix.CRLNumber),
			ThisUpdate: now,
			NextUpdate: now.Add(ListValidity),
		}
		if revoked {
			t.RevokedCertificateEntries, err = revokedEntries(ix)
			if err != nil {
				return err
			}
		}
		der, err = x509.CreateRevocationList(rand.Reader, t, by, key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make revocation list: %w", err)
	}
	return der, nil
}

func revokedEntries(ix *index) ([]x509.RevocationListEntry, error) {
	var entries []x509.RevocationListEntry
	for _, e := range ix.Issued {
		if e.Revoked == nil {
			continue
		}
		n, ok := new(big.Int).SetString(e.Serial, 16)
		if !ok {
			return nil, fmt.Errorf("%w: serial number %q in the index", ErrDamaged, e.Serial)
		}
		entries = append(entries, x509.RevocationListEntry{
			SerialNumber:   n,
			RevocationTime: e.Revoked.At,
			ReasonCode:     int(e.Revoked.Reason),
		})
	}
	return entries, nil
}
