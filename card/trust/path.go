package trust

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"lanyard/card"
)

// Bounds of one check. National chains have two or three certificates.
const (
	maxDepth      = 6  // certificates on a path, the anchor included
	maxSignatures = 48 // signatures checked for one certificate
	maxSteps      = 4096
	maxHelpers    = 16 // certificates from outside that are looked at
)

// pool finds certificates by their subject, octet by octet.
type pool map[string][]*x509.Certificate

func newPool(certs []*x509.Certificate) pool {
	p := make(pool, len(certs))
	for _, c := range certs {
		if c == nil {
			continue
		}
		name := string(c.RawSubject)
		if !slices.ContainsFunc(p[name], c.Equal) {
			p[name] = append(p[name], c)
		}
	}
	return p
}

// issuersOf returns the certificates that may have issued c, those whose key
// id is the one c names first.
func (p pool) issuersOf(c *x509.Certificate) []*x509.Certificate {
	found := slices.Clone(p[string(c.RawIssuer)])
	slices.SortStableFunc(found, func(a, b *x509.Certificate) int {
		return keyIDRank(c, a) - keyIDRank(c, b)
	})
	return found
}

func keyIDRank(c, issuer *x509.Certificate) int {
	switch {
	case len(c.AuthorityKeyId) == 0 || len(issuer.SubjectKeyId) == 0:
		return 1
	case bytes.Equal(c.AuthorityKeyId, issuer.SubjectKeyId):
		return 0
	default:
		return 2
	}
}

// builder looks for the shortest path that holds.
type builder struct {
	ctx     context.Context // of the one Verify this builder lives for
	state   *state
	helpers pool
	at      time.Time
	purpose card.Purpose
	signed  map[link]error // signatures checked
	steps   int
	worst   error // why the path that came furthest does not hold
	rank    int
}

// link is a certificate and the key that may have signed it.
type link struct{ cert, key string }

// from returns the report of the shortest path that holds, else why the one
// that came furthest does not. It goes one authority deeper at a time: where
// authorities certify each other, the short way is found before the bounds.
func (b *builder) from(cert *x509.Certificate) (Report, error) {
	b.worst = ErrUntrusted
	for depth := 2; depth <= maxDepth; depth++ {
		if report, ok := b.extend([]*x509.Certificate{cert}, depth); ok {
			return report, nil
		}
	}
	if b.ctx.Err() != nil {
		return Report{}, context.Cause(b.ctx)
	}
	return Report{}, b.worst
}

// extend tries every issuer of the last certificate of a path that is to have
// depth certificates when it reaches an anchor.
func (b *builder) extend(path []*x509.Certificate, depth int) (Report, bool) {
	last := path[len(path)-1]
	if len(path)+1 == depth {
		for _, issuer := range b.state.anchors.issuersOf(last) {
			if !b.issued(issuer, last, path) {
				continue
			}
			report, err := b.check(append(slices.Clone(path), issuer))
			if err == nil {
				return report, true
			}
			b.note(err)
		}
		return Report{}, false
	}
	for _, from := range []pool{b.state.between, b.helpers} {
		for _, issuer := range from.issuersOf(last) {
			if !b.issued(issuer, last, path) {
				continue
			}
			if report, ok := b.extend(append(slices.Clone(path), issuer), depth); ok {
				return report, true
			}
		}
	}
	return Report{}, false
}

// issued tells whether issuer signed c and is new on the path.
func (b *builder) issued(issuer, c *x509.Certificate, path []*x509.Certificate) bool {
	b.steps++
	if b.steps > maxSteps || b.ctx.Err() != nil ||
		slices.ContainsFunc(path, func(p *x509.Certificate) bool { return sameAuthority(p, issuer) }) {
		return false
	}
	l := link{string(c.Raw), string(issuer.RawSubjectPublicKeyInfo)}
	err, known := b.signed[l]
	if !known {
		if len(b.signed) == maxSignatures {
			b.note(fmt.Errorf("%w: gave up after %d signatures", ErrUntrusted, maxSignatures))
			return false
		}
		err = checkSignature(issuer.PublicKey, c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
		b.signed[l] = err
	}
	switch {
	case err == nil:
		return true
	case errors.Is(err, ErrWeak):
		b.note(err)
	default:
		b.note(fmt.Errorf("%w: issuer %s: %w", ErrUntrusted, issuer.Subject, err))
	}
	return false
}

// sameAuthority: one name and one key, in whichever certificate.
func sameAuthority(a, b *x509.Certificate) bool {
	return bytes.Equal(a.RawSubject, b.RawSubject) && bytes.Equal(a.RawSubjectPublicKeyInfo, b.RawSubjectPublicKeyInfo)
}

// note keeps the error of the path that came furthest.
func (b *builder) note(err error) {
	if r := rankOf(err); r > b.rank {
		b.rank, b.worst = r, err
	}
}

// rankOf orders errors by how much of a path was found good before them.
func rankOf(err error) int {
	for i, e := range []error{ErrRevoked, ErrRevocationUnknown, ErrUsage, ErrWeak, ErrDates} {
		if errors.Is(err, e) {
			return 10 - i
		}
	}
	return 1
}
