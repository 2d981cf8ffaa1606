package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"lanyard/broker"
	"lanyard/broker/failure"
)

// request is one request to the server.
type request struct {
	op      string // its name in errors and logs
	method  string
	url     *url.URL
	kind    string // Content-Type
	body    []byte
	bearer  string
	limit   int      // of the answer, in octets
	again   bool     // it may be sent a second time when a kept connection turns out to be dead
	secrets []string // that no error may hold
}

// response is an answer that was read whole.
type response struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request and reads the answer. Its errors are [*Error], or the
// cause of a context that the caller ended.
func (c *Client) do(ctx context.Context, r request) (*response, error) {
	started := time.Now()
	limited, cancel := context.WithTimeout(ctx, c.times.Whole)
	defer cancel()
	answer, err := c.exchange(limited, r)
	took := slog.Duration("took", time.Since(started))
	switch {
	case err == nil:
		c.log.DebugContext(ctx, "server answered", "op", r.op, "status", answer.status, "octets", len(answer.body), took)
		return answer, nil
	case errors.Is(ctx.Err(), context.Canceled):
		c.log.DebugContext(ctx, "request ended by the caller", "op", r.op, took)
		return nil, fmt.Errorf("%s: %w", r.op, context.Cause(ctx))
	default:
		failed := c.failed(r, codeOf(err), err)
		c.log.DebugContext(ctx, "server did not answer", "op", r.op, "error", failed, took)
		return nil, failed
	}
}

// failed makes the error of a request, free of its secrets.
func (c *Client) failed(r request, code failure.Code, err error) *Error {
	host := c.base.Host
	if code == failure.NetProxy {
		host = c.via()
	}
	return &Error{Code: code, Op: r.op, Host: host, Err: hide(err, r.secrets)}
}

// via is the host of the proxy that requests go through.
func (c *Client) via() string {
	if c.transport.Proxy != nil {
		if u, err := c.transport.Proxy(&http.Request{URL: c.base}); err == nil && u != nil {
			return u.Host
		}
	}
	return c.base.Host
}

// exchange makes the one round trip. No redirect is followed and no
// [url.Error], which prints URLs, is made: the transport is used as it is.
func (c *Client) exchange(ctx context.Context, r request) (*response, error) {
	var shaken atomic.Bool // a handshake failed
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) { shaken.Store(err != nil) },
	})
	req, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, errors.New("the request could not be made")
	}
	req.Header.Set("User-Agent", c.agent)
	if r.kind != "" {
		req.Header.Set("Content-Type", r.kind)
	}
	if r.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+r.bearer)
	}
	if r.again {
		req.Header["Idempotency-Key"] = nil // for the transport alone: nothing is sent
	}
	if len(r.body) == 0 {
		req.Body = http.NoBody
	}
	answer, err := c.transport.RoundTrip(req)
	if err != nil {
		if shaken.Load() {
			err = handshakeFailed(err)
		}
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, int64(r.limit)+1))
	if err != nil {
		return nil, err
	}
	if len(body) > r.limit {
		return nil, fmt.Errorf("%w: more than %d octets", errTooLarge, r.limit)
	}
	return &response{status: answer.StatusCode, header: answer.Header, body: body}, nil
}

// secretsOf lists the ways a ticket may be written.
func secretsOf(t broker.Ticket) []string {
	if t.IsZero() {
		return nil
	}
	return []string{t.Reveal(), url.QueryEscape(t.Reveal()), url.PathEscape(t.Reveal())}
}

// at resolves a path of the contract.
func (c *Client) at(path string, query url.Values) *url.URL {
	u := *c.base
	u.Path = path
	u.RawQuery = query.Encode()
	return &u
}

// address reads an address of an answer: resolved against the request's, empty
// means the usual one, and any other than the profile's own is refused.
func (c *Client) address(r request, text, usual string) (*url.URL, error) {
	if text == "" {
		return c.at(usual, nil), nil
	}
	u, err := r.url.Parse(text)
	if err != nil {
		return nil, c.failed(r, failure.ServerAnswer, errors.New("an address in the answer cannot be read"))
	}
	if !own(c.base, u) {
		return nil, c.failed(r, failure.ServerRedirect, errors.New("an address in the answer is not the server's own"))
	}
	u.Fragment = ""
	return u, nil
}
