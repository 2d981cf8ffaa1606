package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// ErrVirtual means that the certificate says that its key lives in a virtual card, and
// policy takes real cards only. It is an [ErrUsage].
var ErrVirtual = fmt.Errorf("%w: its card is a virtual one, which policy refuses", ErrUsage)

// Config is what a [Store] trusts and how far.
type Config struct {
	// Anchors are trusted as they stand: roots or sub CAs. At least one.
	Anchors []*x509.Certificate
	// Intermediates help to build paths and are trusted in nothing themselves.
	Intermediates []*x509.Certificate
	// CRLs are revocation lists, DER or PEM.
	CRLs [][]byte
	// CRLFiles are files of revocation lists, read again by [Store.Reload].
	CRLFiles []string
	Policy   Policy
}

// Policy is what a site decides. The zero value takes nothing weak and no
// virtual card, and does not insist on revocation lists.
type Policy struct {
	// AllowSHA1 and AllowRSA1024 let the certificates of old cards pass; what
	// passed stands in [Report.Weak].
	AllowSHA1    bool
	AllowRSA1024 bool
	// AllowVirtual takes certificates of virtual cards.
	AllowVirtual bool
	// RequireCRL refuses a certificate whose issuer has no revocation list
	// here. A list that is here and too old refuses in any case.
	RequireCRL bool
	// MaxCRLAge is how old a list may be, counted from its issue. Zero: until
	// its own next update.
	MaxCRLAge time.Duration
}

func (c Config) check() error {
	if len(c.Anchors) == 0 {
		return errors.New("no trust anchor is configured: without one no certificate can be trusted")
	}
	for _, a := range c.Anchors {
		if !a.BasicConstraintsValid || !a.IsCA {
			return fmt.Errorf("trust anchor %s is not the certificate of an authority", a.Subject)
		}
	}
	if c.Policy.MaxCRLAge < 0 {
		return errors.New("the age limit of revocation lists is negative")
	}
	return nil
}
