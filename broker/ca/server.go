package ca

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"time"
)

// serverValidity is how long a server's certificate is valid at most: what
// programs and browsers still accept.
const serverValidity = 397 * 24 * time.Hour

// ServerCertificate makes a TLS server certificate for host names and IP
// addresses. Names that the authority's constraints exclude are refused here
// rather than by every client.
func (a *Authority) ServerCertificate(hosts []string, public crypto.PublicKey) (*x509.Certificate, error) {
	if len(hosts) == 0 || len(hosts) > 100 {
		return nil, fmt.Errorf("%w: a server certificate names 1 to 100 hosts", ErrRequest)
	}
	if err := checkKey(public); err != nil {
		return nil, err
	}
	from, to, err := a.period(time.Time{}, time.Time{}, serverValidity)
	if err != nil {
		return nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	id, err := keyID(public)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               hostName(hosts[0]),
		NotBefore:             from,
		NotAfter:              to,
		SubjectKeyId:          id,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if err := a.permits(h); err != nil {
			return nil, err
		}
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	c, err := sign(t, public, a.issuer, a.key)
	if err != nil {
		return nil, err
	}
	if err := a.enter(entry(c, "server")); err != nil {
		return nil, err
	}
	return c, nil
}

// permits holds a host against the issuer's name constraints.
func (a *Authority) permits(host string) error {
	ip := net.ParseIP(host)
	if ip == nil && (host == "" || len(host) > 253 || strings.ContainsAny(host, " /:@\x00")) {
		return fmt.Errorf("%w: %q is neither a host name nor an IP address", ErrRequest, host)
	}
	if len(a.issuer.PermittedDNSDomains)+len(a.issuer.PermittedIPRanges) == 0 {
		return nil
	}
	for _, n := range a.issuer.PermittedIPRanges {
		if ip != nil && n.Contains(ip) {
			return nil
		}
	}
	for _, d := range a.issuer.PermittedDNSDomains {
		if ip == nil && (strings.EqualFold(host, d) || strings.HasSuffix(strings.ToLower(host), "."+strings.ToLower(d))) {
			return nil
		}
	}
	return fmt.Errorf("%w: this authority may not issue for %s", ErrRequest, host)
}
