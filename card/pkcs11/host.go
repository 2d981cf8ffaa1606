package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"lanyard/card"
)

// host is one module and the child it runs in, which is started when it is
// first needed, and again after it hung or ended.
type host struct {
	module             string
	env                []string
	list, sign, keypad time.Duration
	log                *slog.Logger

	turn chan struct{} // holds one value: whoever takes it may call

	closing sync.Once
	closed  chan struct{}

	// p is the running child or nil; of whoever has the turn.
	p *process
}

var errClosed = errors.New("PKCS#11 module was closed")

func newHost(module string, c Config) *host {
	h := &host{
		module: module, env: c.Env, list: c.ListTimeout, sign: c.SignTimeout, keypad: c.KeypadTimeout, log: c.Log,
		turn: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	h.turn <- struct{}{}
	return h
}

// take waits for the turn to call the module. An operation keeps it from its
// first call to its last.
func (h *host) take(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-h.closed:
		return errClosed
	case <-h.turn:
	}
	err := context.Cause(ctx)
	select {
	case <-h.closed:
		err = errClosed
	default:
	}
	if err != nil {
		h.give()
	}
	return err
}

func (h *host) give() { h.turn <- struct{}{} }

// close ends the child when the operation under way, if there is one, is over.
func (h *host) close() {
	h.closing.Do(func() {
		close(h.closed)
		<-h.turn
		h.restart()
		h.give()
	})
}

// restart ends the child; the next call starts another one. The caller has the
// turn.
func (h *host) restart() {
	if h.p != nil {
		h.p.kill()
		h.p = nil
	}
}

// running tells whether the child that the last call was made to still runs.
func (h *host) running() bool { return h.p != nil && !h.p.over() }

// call makes one call. The caller has the turn. After an error that leaves the
// module in doubt the child is dead.
func (h *host) call(ctx context.Context, q *request, pins ...*card.PIN) (*answer, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, &notSentError{err}
	}
	if !h.running() {
		if !q.Op.begins() {
			return nil, &notSentError{fmt.Errorf("%w: between two calls", card.ErrModuleCrashed)}
		}
		if err := h.start(ctx); err != nil {
			return nil, &notSentError{err}
		}
	}
	return h.exchange(ctx, q, pins)
}

func (h *host) exchange(ctx context.Context, q *request, pins []*card.PIN) (*answer, error) {
	limit := h.list
	switch {
	case q.Op.keyed():
		limit = h.keypad
	case q.Op.pins() > 0 || q.Op == opSign:
		limit = h.sign
	}
	begun := time.Now()
	a, err := h.p.call(ctx, limit, q, pins)
	h.log.DebugContext(ctx, "PKCS#11 call", "call", string(q.Op), "took", time.Since(begun))
	switch {
	case err != nil:
		h.restart()
		return nil, fmt.Errorf("PKCS#11 module %s: %w", h.module, err)
	case a.Fail != nil:
		if a.Fail.suspect() {
			h.restart()
		}
		return nil, a.Fail
	}
	if slices.ContainsFunc(a.Tokens, func(s tokenState) bool { return s.Fail != nil && s.Fail.suspect() }) {
		h.restart()
	}
	return a, nil
}

func (h *host) start(ctx context.Context) error {
	h.restart()
	p, err := spawn(h.module, environment(os.Environ(), h.env))
	if err != nil {
		return err
	}
	h.p = p
	_, err = h.exchange(ctx, &request{Op: opLoad}, nil)
	if err == nil {
		return nil
	}
	h.restart()
	var e *callError
	if errors.As(err, &e) && e.Call == "" {
		err = fmt.Errorf("%w: %w", card.ErrModuleMissing, err) // a file, but none that helps
	}
	return fmt.Errorf("load PKCS#11 module %s: %w", h.module, err)
}

// notSentError is a call that was not made.
type notSentError struct{ err error }

// Error tells why.
func (e *notSentError) Error() string { return e.err.Error() }

// Unwrap returns why.
func (e *notSentError) Unwrap() error { return e.err }
