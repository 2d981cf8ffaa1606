package trust

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"

	"lanyard/card"
)

// check holds a path whose signatures are true against the rules: first what
// makes its members authorities, then dates, strength, purpose and revocation.
func (b *builder) check(path []*x509.Certificate) (Report, error) {
	report := Report{Path: path}
	if err := checkAuthorities(path); err != nil {
		return report, err
	}
	if err := b.checkDates(&report); err != nil {
		return report, err
	}
	if err := b.checkStrength(&report); err != nil {
		return report, err
	}
	if err := b.checkPurpose(path[0]); err != nil {
		return report, err
	}
	for i, c := range path[:len(path)-1] {
		if err := b.checkRevocation(c, path[i+1], &report); err != nil {
			return report, err
		}
	}
	return report, nil
}

// checkAuthorities: every issuer is a CA that may have this many below it and
// names of this kind, and no certificate demands what is not understood.
func checkAuthorities(path []*x509.Certificate) error {
	if err := checkCritical(path[0]); err != nil {
		return fmt.Errorf("%w: %w", ErrUsage, err)
	}
	below := 0 // CAs between the certificate and this issuer, self-issued ones apart
	for i, c := range path[1:] {
		if err := checkCritical(c); err != nil {
			return fmt.Errorf("%w: %w", ErrUntrusted, err)
		}
		switch {
		case !c.BasicConstraintsValid || !c.IsCA:
			return fmt.Errorf("%w: issuer %s is not an authority", ErrUntrusted, c.Subject)
		case c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0:
			return fmt.Errorf("%w: issuer %s may not sign certificates", ErrUntrusted, c.Subject)
		case (c.MaxPathLen > 0 || c.MaxPathLenZero) && below > c.MaxPathLen:
			return fmt.Errorf("%w: issuer %s has more authorities below it than it may", ErrUntrusted, c.Subject)
		}
		if err := checkConstraints(c, path[:i+1]); err != nil {
			return err
		}
		if string(c.RawSubject) != string(c.RawIssuer) {
			below++
		}
	}
	return nil
}

// oidNameConstraints is handled by checkConstraints in full.
var oidNameConstraints = asn1.ObjectIdentifier{2, 5, 29, 30}

func checkCritical(c *x509.Certificate) error {
	for _, oid := range c.UnhandledCriticalExtensions {
		if c.IsCA && oid.Equal(oidNameConstraints) {
			continue
		}
		return fmt.Errorf("%s holds a critical extension %s that is not understood", c.Subject, oid)
	}
	return nil
}

func (b *builder) checkDates(r *Report) error {
	for _, c := range r.Path {
		switch {
		case b.at.Before(c.NotBefore):
			return fmt.Errorf("%w: %s begins at %s", ErrDates, c.Subject, c.NotBefore.Format(time.RFC3339))
		case b.at.After(c.NotAfter):
			return fmt.Errorf("%w: %s ended at %s", ErrDates, c.Subject, c.NotAfter.Format(time.RFC3339))
		}
		r.until(c.NotAfter)
	}
	return nil
}

// until shortens how long the report holds.
func (r *Report) until(t time.Time) {
	if r.Until.IsZero() || t.Before(r.Until) {
		r.Until = t
	}
}

func (b *builder) checkStrength(r *Report) error {
	for i, c := range r.Path {
		key, err := weakKey(c.PublicKey)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Subject, err)
		}
		if key != "" && !b.state.policy.AllowRSA1024 {
			return fmt.Errorf("%w: %s key of %s", ErrWeak, key, c.Subject)
		}
		if key != "" {
			r.Weak = append(r.Weak, key+" key of "+c.Subject.String())
		}
		if i == len(r.Path)-1 {
			break // an anchor is trusted for itself, not for who signed it
		}
		sig := weakSignature(c.SignatureAlgorithm)
		if sig != "" && !b.state.policy.AllowSHA1 {
			return fmt.Errorf("%w: %s signature on %s", ErrWeak, sig, c.Subject)
		}
		if sig != "" {
			r.Weak = append(r.Weak, sig+" signature on "+c.Subject.String())
		}
	}
	return nil
}

// checkPurpose: key usage decides; a policy or an extended usage of another
// purpose refuses.
func (b *builder) checkPurpose(c *x509.Certificate) error {
	if got := card.PurposeOf(c); got != b.purpose || got == card.OtherPurpose {
		return fmt.Errorf("%w: it is for %s, wanted for %s", ErrUsage, got, b.purpose)
	}
	own, other := false, false
	for _, p := range []card.Purpose{card.Authentication, card.ContentCommitment} {
		oid, _ := card.PolicyOID(p)
		has := slices.ContainsFunc(c.Policies, oid.Equal)
		own, other = own || has && p == b.purpose, other || has && p != b.purpose
	}
	if other && !own {
		return fmt.Errorf("%w: its policy is not that of %s", ErrUsage, b.purpose)
	}
	if !extendedUsageAllows(c, b.purpose) {
		return fmt.Errorf("%w: its extended key usage leaves out %s", ErrUsage, b.purpose)
	}
	if card.IsVirtual(c) && !b.state.policy.AllowVirtual {
		return ErrVirtual
	}
	return nil
}

// Extended usages that the standard library has no names for.
var (
	oidSmartcardLogon   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2, 2}
	oidDocumentSigning  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}
	oidDocumentSigning2 = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 10, 3, 12}
)

// extendedUsageAllows: no extended usage at all means any.
func extendedUsageAllows(c *x509.Certificate, p card.Purpose) bool {
	if len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny) {
		return true
	}
	known, more := x509.ExtKeyUsageClientAuth, []asn1.ObjectIdentifier{oidSmartcardLogon}
	if p == card.ContentCommitment {
		known, more = x509.ExtKeyUsageEmailProtection, []asn1.ObjectIdentifier{oidDocumentSigning, oidDocumentSigning2}
	}
	return slices.Contains(c.ExtKeyUsage, known) ||
		slices.ContainsFunc(c.UnknownExtKeyUsage, func(u asn1.ObjectIdentifier) bool {
			return slices.ContainsFunc(more, u.Equal)
		})
}
