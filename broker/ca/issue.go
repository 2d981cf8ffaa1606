package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"
	"unicode/utf8"

	"lanyard/broker"
	"lanyard/card"
)

// MaxValidity is how long a card's certificate is valid at most: two years.
const MaxValidity = 2 * 366 * 24 * time.Hour

// defaultValidity is how long it is valid where the request does not say.
const defaultValidity = 2 * 365 * 24 * time.Hour

// Request asks for a certificate of a card's key.
type Request struct {
	UID     broker.UID
	Name    string           // the holder's, for the content-commitment certificate: "OKAFOR GRACE"
	Purpose card.Purpose     // Authentication or ContentCommitment
	Public  crypto.PublicKey // *rsa.PublicKey of 2048 bits or more, or *ecdsa.PublicKey on P-256
	Virtual bool             // the key lives in a virtual card, and the certificate says so
	// NotBefore and NotAfter may be zero: five minutes ago, and two years later
	// or the end of the authority, whichever comes first. Times in the past are granted:
	// cards that train people for an expired certificate need one.
	NotBefore, NotAfter time.Time
}

// Issue makes a certificate in the profile of the national cards and enters it
// in the index before it returns.
func (a *Authority) Issue(r Request) (*x509.Certificate, error) { return a.issue(r, 0) }

func (a *Authority) issue(r Request, renewals int) (*x509.Certificate, error) {
	from, to, err := a.checkRequest(r)
	if err != nil {
		return nil, err
	}
	t, err := cardTemplate(r, a.issuer, from, to)
	if err != nil {
		return nil, err
	}
	c, err := sign(t, r.Public, a.issuer, a.key)
	if err != nil {
		return nil, err
	}
	e := entry(c, r.Purpose.String())
	e.UID, e.Name, e.Virtual, e.Renewals = r.UID, r.Name, r.Virtual, renewals
	if err := a.enter(e); err != nil {
		return nil, err
	}
	return c, nil
}

// enter puts an entry into the index.
func (a *Authority) enter(e Issued) error {
	return a.change(func(ix *index) error {
		ix.Issued = append(ix.Issued, e)
		return nil
	})
}

func entry(c *x509.Certificate, kind string) Issued {
	sum := sha256.Sum256(c.Raw)
	return Issued{
		Serial:    c.SerialNumber.Text(16),
		SHA256:    hex.EncodeToString(sum[:]),
		Kind:      kind,
		Subject:   c.Subject.String(),
		NotBefore: c.NotBefore,
		NotAfter:  c.NotAfter,
	}
}

func (a *Authority) checkRequest(r Request) (from, to time.Time, err error) {
	if _, err := uidOf(r); err != nil {
		return from, to, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	switch r.Purpose {
	case card.Authentication:
	case card.ContentCommitment:
		if !utf8.ValidString(r.Name) || len(r.Name) > 256 || nameInCN(r.Name) == "" {
			return from, to, fmt.Errorf("%w: a content-commitment certificate needs its holder's name, at most 256 octets of UTF-8", ErrRequest)
		}
	default:
		return from, to, fmt.Errorf("%w: purpose is neither authentication nor content commitment", ErrRequest)
	}
	if err := checkKey(r.Public); err != nil {
		return from, to, err
	}
	return a.period(r.NotBefore, r.NotAfter, defaultValidity)
}

// period completes the dates of a certificate and holds them against the
// longest validity and the authority's own end.
func (a *Authority) period(from, to time.Time, validity time.Duration) (time.Time, time.Time, error) {
	if from.IsZero() {
		from = time.Now().Add(-lateClocks)
	}
	end := a.issuer.NotAfter
	if to.IsZero() {
		to = from.Add(validity)
		if to.After(end) {
			to = end
		}
	}
	from, to = from.UTC().Truncate(time.Second), to.UTC().Truncate(time.Second)
	switch {
	case !to.After(from):
		return from, to, fmt.Errorf("%w: it would end at %s, before it begins", ErrRequest, to.Format(time.RFC3339))
	case to.Sub(from) > MaxValidity:
		return from, to, fmt.Errorf("%w: it would be valid for more than two years", ErrRequest)
	case to.After(end):
		return from, to, fmt.Errorf("%w: it would outlive the authority, which ends at %s", ErrRequest, end.Format(time.RFC3339))
	}
	return from, to, nil
}

func checkKey(public crypto.PublicKey) error {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n >= 2048 && n <= 4096 {
			return nil
		}
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return nil
		}
	}
	return ErrKey
}
