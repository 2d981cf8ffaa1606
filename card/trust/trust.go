// Package trust answers one question: whose certificate is this, and does it
// hold? It builds paths to configured anchors and checks dates, key usage,
// policies and revocation lists. It does its own signature checks because old
// cards hold RSA 1024 and SHA-1 certificates, which the standard library
// refuses whatever the policy; every weak algorithm that a policy lets pass is
// reported. Nothing that an untrusted certificate says is ever fetched.
//
// It starts no goroutine and is safe for concurrent use.
package trust

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"lanyard/card"
)

// The ways a certificate does not hold, told apart with [errors.Is].
var (
	ErrUntrusted         = errors.New("certificate was not issued by a trusted authority")
	ErrDates             = errors.New("certificate is not valid at this time")
	ErrRevoked           = errors.New("certificate was revoked")
	ErrUsage             = errors.New("certificate is not for this purpose")
	ErrWeak              = errors.New("certificate uses an algorithm or key size that policy refuses")
	ErrRevocationUnknown = errors.New("revocation list is missing or too old")
)

// Report is what a check found besides "it holds".
type Report struct {
	Path []*x509.Certificate // from the certificate to the anchor
	Weak []string            // weak algorithms on the path that policy lets pass, for the log
	// Until is when the report ends by itself: a certificate on the path or a
	// revocation list ends, or a revocation that is announced begins.
	Until time.Time
}

// Verifier checks certificates. [Store] is the one that the product uses.
type Verifier interface {
	// Verify checks cert at a time for a purpose. Helpers are certificates from
	// outside: they may help to build a path and are trusted in nothing.
	Verify(ctx context.Context, cert *x509.Certificate, helpers []*x509.Certificate, at time.Time, p card.Purpose) (Report, error)
}
