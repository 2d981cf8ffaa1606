package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"lanyard/broker/failure"
)

// proxyError is a proxy's no.
type proxyError struct{ status string }

func (e *proxyError) Error() string { return "the proxy answered " + e.status }

// codeOf tells by its type why a request came to no answer.
func codeOf(err error) failure.Code {
	if c, ok := proxyCode(err); ok {
		return c
	}
	if c, ok := tlsCode(err); ok {
		return c
	}
	var name *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &name):
		return failure.NetName
	case refused(err):
		return failure.ServerDown
	case unreachable(err):
		return failure.NetDown
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return failure.NetTimeout
	case reset(err), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return failure.NetReset
	case errors.Is(err, errTooLarge):
		return failure.ServerAnswer
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return failure.NetDown
	}
	return failure.ServerAnswer // net/http could not read what came
}

// proxyCode tells whether it was the proxy.
func proxyCode(err error) (failure.Code, bool) {
	var no *proxyError
	if errors.As(err, &no) {
		return failure.NetProxy, true
	}
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "socks connect") {
		return failure.NetProxy, true
	}
	return "", false
}

// tlsCode tells what is wrong with the server's certificate or the handshake.
func tlsCode(err error) (failure.Code, bool) {
	var (
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		unknown x509.UnknownAuthorityError
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		op      *net.OpError
	)
	switch {
	case errors.As(err, &name):
		return failure.TLSName, true
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return failure.TLSDates, true
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, &verify):
		return failure.TLSUntrusted, true
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch), errors.Is(err, errHandshake):
		return failure.TLSBroken, true
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"):
		return failure.TLSBroken, true // an alert, the one end's or the other's
	default:
		return "", false
	}
}

var (
	errTooLarge  = errors.New("the answer is too large")
	errHandshake = errors.New("no TLS connection could be made")
)

// handshakeFailed marks an error of the handshake that has no type of its own;
// what the network did stays what it is.
func handshakeFailed(err error) error {
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || reset(err) {
		return err
	}
	return fmt.Errorf("%w: %w", errHandshake, err)
}
