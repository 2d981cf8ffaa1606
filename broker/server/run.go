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

// maxHeader is how long the headers of a request may be, in octets. Clients
// send up to 512 kB in one of them.
const maxHeader = 640 << 10

// When the server stops: how long requests under way may take, and how long
// the sessions may take to be stored.
const (
	drainTime   = 10 * time.Second
	flushWithin = 10 * time.Second
)

// patience is how long the server waits for the other end of a connection.
type patience struct {
	header time.Duration // for a request's headers to arrive
	read   time.Duration // for all of it
	write  time.Duration // from its headers to the end of the answer
	idle   time.Duration // between two requests
}

func defaultPatience() patience {
	return patience{header: 10 * time.Second, read: 20 * time.Second, write: 40 * time.Second, idle: 2 * time.Minute}
}

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
	conf.NextProtos = []string{"h2", "http/1.1", "http/1.0"} // some clients offer only the last
	// Small records show the top of a page early. An assertion is read whole, and
	// each record costs a write.
	conf.DynamicRecordSizingDisabled = true
	var answers http.Handler = s.router
	if s.config.Around != nil {
		answers = s.config.Around(answers)
	}
	web := &http.Server{
		Handler: answers, TLSConfig: conf, ErrorLog: errorLog(s.config.Log), MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: s.patience.header, ReadTimeout: s.patience.read, WriteTimeout: s.patience.write, IdleTimeout: s.patience.idle,
	}
	silent := s.post(ctx)
	defer silent()
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
	g.Go(func() error { return ignoreEnd(ctx, s.told.Run(ctx)) })
	g.Go(func() error {
		<-ctx.Done()
		return stop(context.WithoutCancel(ctx), web)
	})
	err := g.Wait()
	flush, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushWithin)
	defer cancel()
	return errors.Join(err, s.sessions.Close(flush))
}

// post delivers notifications until silent is called, which waits: what the
// last requests end is told, too.
func (s *Server) post(ctx context.Context) (silent func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var g errgroup.Group
	g.Go(func() error { return s.poster.Run(ctx) })
	return func() {
		cancel()
		_ = g.Wait() // it only says that ctx has ended
	}
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
