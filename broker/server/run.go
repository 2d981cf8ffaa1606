package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// The limits of a connection. Clients send up to 512 kB in one header.
const (
	maxHeader   = 640 << 10
	headerTime  = 10 * time.Second // for a request's headers to arrive
	readTime    = 20 * time.Second // for all of it
	writeTime   = 40 * time.Second // from its headers to the end of the answer
	idleTime    = 2 * time.Minute  // between two requests
	drainTime   = 10 * time.Second // for requests under way when the server stops
	flushWithin = 10 * time.Second
)

// Run serves on listeners until ctx ends, lets the requests under way finish,
// and writes what the sessions have not stored yet. It takes the listeners
// over and returns nil after an orderly end. It is called once.
func (s *Server) Run(ctx context.Context, listeners ...net.Listener) error {
	if err := s.checkListeners(listeners); err != nil {
		for _, ln := range listeners {
			err = errors.Join(err, ln.Close())
		}
		return err
	}
	conf := s.config.TLS.Clone()
	conf.MinVersion = max(conf.MinVersion, tls.VersionTLS12)
	var answers http.Handler = s.router
	if s.config.Around != nil {
		answers = s.config.Around(answers)
	}
	web := &http.Server{
		Handler: answers, TLSConfig: conf, ErrorLog: errorLog(s.config.Log), MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, ln := range listeners {
		g.Go(func() error {
			if err := web.ServeTLS(ln, "", ""); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve on %s: %w", ln.Addr(), err)
			}
			return nil
		})
	}
	g.Go(func() error { return ignoreEnd(ctx, s.sessions.Run(ctx)) })
	g.Go(func() error {
		<-ctx.Done()
		return stop(context.WithoutCancel(ctx), web)
	})
	err := g.Wait()
	flush, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushWithin)
	defer cancel()
	return errors.Join(err, s.sessions.Close(flush))
}

// stop ends a server: new connections are refused, requests under way finish.
func stop(ctx context.Context, web *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	err := web.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return web.Close()
	}
	return err
}

// ignoreEnd drops an error that only says that ctx has ended.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// checkListeners holds a demo to the loopback addresses.
func (s *Server) checkListeners(listeners []net.Listener) error {
	if len(listeners) == 0 {
		return errors.New("server: there is nothing to listen on")
	}
	if !s.config.Demo {
		return nil
	}
	for _, ln := range listeners {
		a, ok := ln.Addr().(*net.TCPAddr)
		if !ok || !a.IP.IsLoopback() {
			return fmt.Errorf("server: a demo serves on loopback addresses only, and %s is none", ln.Addr())
		}
	}
	return nil
}
