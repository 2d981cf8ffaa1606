package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

// maxProbed is how much of an answer's body is read, in octets: a probe wants
// the connection, not the page.
const maxProbed = 64 << 10

// Probe is what one request without a ticket found out about the way to a
// server. What was not reached is zero.
type Probe struct {
	Proxy     string        // host and port of the proxy that was used; empty: none
	ProxySaid int           // the HTTP status with which the proxy refused; 0: it did not
	Connected bool          // to the server, or to the proxy
	Connect   time.Duration // until then, the name looked up
	Tunnel    bool          // the handshake with the server began: the proxy lets us through
	Chain     []*x509.Certificate
	Answered  bool
	Answer    time.Duration // from the request written to the first octet
	Sent, Got time.Time     // when that was, on this machine's clock
	Date      time.Time     // what the server's clock said in between, to the second
}

// Probe asks the profile's server for its front page over the connection that
// a sign-on would use: same proxy, same anchors. It tells as much as it found
// out beside the error, which is an [*Error], or the cause of a context that
// the caller ended. Any answer is good.
func (c *Client) Probe(ctx context.Context) (Probe, error) {
	limited, cancel := context.WithTimeout(ctx, c.times.Whole)
	defer cancel()
	t := &trail{}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(limited, t.trace()), http.MethodGet, c.base.String(), http.NoBody)
	if err != nil {
		return Probe{}, fmt.Errorf("probe: %w", err)
	}
	r.Header.Set("User-Agent", c.agent)
	r.Close = true // a kept connection would tell nothing
	answer, err := c.transport.RoundTrip(r)
	found, shaken := t.so()
	if via := c.via(); via != c.base.Host {
		found.Proxy = via
	}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		err = errors.Join(err, drop(answer))
		return found, fmt.Errorf("probe: %w", errors.Join(context.Cause(ctx), err))
	case err != nil:
		if refused := new(tls.CertificateVerificationError); errors.As(err, &refused) {
			found.Chain = refused.UnverifiedCertificates
		}
		if no := new(proxyError); errors.As(err, &no) {
			_, _ = fmt.Sscan(no.status, &found.ProxySaid) // what is no number stays 0
		}
		if shaken {
			err = handshakeFailed(err)
		}
		return found, c.failed(request{op: "probe"}, codeOf(err), err)
	}
	if answer.TLS != nil {
		found.Chain = answer.TLS.PeerCertificates
	}
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		found.Date = at
	}
	_ = drop(answer) // the page's end is nobody's concern
	return found, nil
}

// drop reads what little an answer holds and closes it.
func drop(answer *http.Response) error {
	if answer == nil {
		return nil
	}
	_, err := io.CopyN(io.Discard, answer.Body, maxProbed)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, answer.Body.Close())
}

// trail notes the steps of one request. The transport may still call it when
// the request has returned.
type trail struct {
	mu     sync.Mutex
	begun  time.Time
	found  Probe
	shaken bool // the handshake came to nothing
}

// so is what was found so far.
func (t *trail) so() (Probe, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.found, t.shaken
}

func (t *trail) note(f func(*Probe)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(&t.found)
}

func (t *trail) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { t.note(func(*Probe) { t.begun = time.Now() }) },
		ConnectDone: func(_, _ string, err error) {
			t.note(func(p *Probe) {
				if err == nil && !p.Connected {
					p.Connected, p.Connect = true, time.Since(t.begun)
				}
			})
		},
		TLSHandshakeStart: func() { t.note(func(p *Probe) { p.Tunnel = true }) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			t.note(func(*Probe) { t.shaken = err != nil })
		},
		WroteRequest: func(httptrace.WroteRequestInfo) { t.note(func(p *Probe) { p.Sent = time.Now() }) },
		GotFirstResponseByte: func() {
			t.note(func(p *Probe) { p.Got, p.Answered, p.Answer = time.Now(), true, time.Since(p.Sent) })
		},
	}
}
