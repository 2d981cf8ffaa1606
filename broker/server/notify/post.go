package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// maxAddress is the longest address of a listener, and maxReply what is read of
// its answer, in octets.
const (
	maxAddress = 1024
	maxReply   = 64
)

// ErrNotAllowed means that an address is none that may be posted to.
var ErrNotAllowed = errors.New("this address may not be told")

// target is an address that may be posted to.
type target struct{ url, host string }

// Check tells whether an address may be posted to. Its error is
// [ErrNotAllowed].
func (s *Sender) Check(address string) error {
	_, err := s.target(address)
	return err
}

func (s *Sender) target(address string) (target, error) {
	if len(address) > maxAddress {
		return target{}, fmt.Errorf("%w: it is longer than %d octets", ErrNotAllowed, maxAddress)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Opaque != "" || u.Hostname() == "" {
		return target{}, fmt.Errorf("%w: it is no plain address of http or https", ErrNotAllowed)
	}
	host := lower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"https": ":443", "http": ":80"}[u.Scheme])
	if _, ok := s.hosts[host]; !ok {
		return target{}, fmt.Errorf("%w: its host is not on the list", ErrNotAllowed)
	}
	u.Fragment, u.RawFragment = "", ""
	return target{url: u.String(), host: host}, nil
}

func lower(host string) string { return strings.ToLower(strings.TrimSpace(host)) }

func newClient(conf *tls.Config) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialPinned, TLSClientConfig: conf, Proxy: nil, DisableCompression: true,
			TLSHandshakeTimeout: tryWithin, MaxResponseHeaderBytes: 16 << 10, IdleConnTimeout: time.Minute, MaxConnsPerHost: atOnce,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// dialPinned resolves a name once and dials what it stands for at this moment.
func dialPinned(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	err = errNoAddress
	for _, ip := range ips {
		if !dialable(ip.Unmap()) {
			continue
		}
		c, failed := d.DialContext(ctx, network, net.JoinHostPort(ip.Unmap().String(), port))
		if failed == nil {
			return c, nil
		}
		err = failed
	}
	return nil, err
}

var errNoAddress = errors.New("its name stands for no address that may be dialled")

// dialable refuses what is no host of a network: among it the addresses at
// which clouds answer about themselves.
func dialable(ip netip.Addr) bool {
	return ip.IsValid() && !ip.IsUnspecified() && !ip.IsMulticast() && !ip.IsLinkLocalUnicast()
}

// post tries once. A listener says OK, and nothing else counts.
func (s *Sender) post(ctx context.Context, d *delivery) error {
	ctx, cancel := context.WithTimeout(ctx, tryWithin)
	defer cancel()
	// A body of known length goes with Content-Length: listeners refuse chunks.
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.to.url, bytes.NewReader(d.body))
	if err != nil {
		return errors.New("its address cannot be used")
	}
	req.Header.Set("Content-Type", "text/xml;charset=UTF-8")
	answer, err := s.client.Do(req)
	if err != nil {
		return unquoted(err)
	}
	defer answer.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(answer.Body, maxReply))
	switch {
	case err != nil:
		return unquoted(err)
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("it answers with status %d", answer.StatusCode)
	case string(bytes.TrimSpace(reply)) != "OK":
		return errors.New("it does not answer OK")
	}
	return nil
}

// unquoted drops the address, which may hold a ticket, from an error.
func unquoted(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
