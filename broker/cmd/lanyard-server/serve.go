package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"lanyard/broker/server"
	"lanyard/broker/session"
	"lanyard/card/trust"
)

// serve runs the server until ctx ends. When it listens, it says so on out.
func serve(ctx context.Context, c *config, out, errOut io.Writer) (err error) {
	gathered := &lines{out: errOut}
	defer gathered.Close()
	log := newLog(c, gathered)
	parts, err := c.files(log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeDirectory(parts.Directory)) }()
	probeDirectory(ctx, parts.Directory, log)
	store, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	parts.Sessions.Store = store
	s, err := server.New(*parts)
	if err != nil {
		return err
	}
	listeners, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	for _, ln := range listeners {
		log.Info("listening", "address", ln.Addr().String())
		fmt.Fprintf(out, "ready %s\n", ln.Addr())
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var g errgroup.Group
	g.Go(func() error {
		defer cancel()
		return s.Run(ctx, listeners...)
	})
	g.Go(func() error {
		reloadOnSignal(ctx, func() { reload(s, log) })
		return nil
	})
	if err := g.Wait(); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}

func reload(s *server.Server, log *slog.Logger) {
	if err := s.Reload(); err != nil {
		log.Error("not all could be read again", "error", err)
		return
	}
	log.Info("revocation lists and directory were read again")
}

// files reads all that the settings name, and reports all faults together.
func (c *config) files(log *slog.Logger) (*server.Config, error) {
	pair, tlsErr := tls.LoadX509KeyPair(c.TLS.Certificate, c.TLS.Key)
	anchors, anchorErr := certificates(c.Trust.Anchors)
	between, betweenErr := certificates(c.Trust.Intermediates)
	people, peopleErr := c.people(log)
	keys, keyErr := c.keys()
	sessionAPI, apiErr := c.accessManager()
	if err := errors.Join(tlsErr, anchorErr, betweenErr, peopleErr, keyErr, apiErr); err != nil {
		return nil, err
	}
	return &server.Config{
		Base: c.BaseURL, TLS: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
		Directory: people, Demo: c.Demo, Places: c.Requests, Log: log, AccessManager: sessionAPI,
		Sessions: session.Config{
			Keys:  keys,
			Times: session.Times{Idle: time.Duration(c.Sessions.Idle), Max: time.Duration(c.Sessions.Max), Unused: time.Duration(c.Sessions.Unused)},
			Limit: c.limit(),
		},
		Trust: trust.Config{
			Anchors: anchors, Intermediates: between, CRLFiles: c.Trust.RevocationLists,
			Policy: trust.Policy{
				AllowSHA1: c.Trust.SHA1, AllowRSA1024: c.Trust.RSA1024, AllowVirtual: c.Trust.VirtualCards,
				RequireCRL: c.Trust.RequireLists, MaxCRLAge: time.Duration(c.Trust.MaxListAge),
			},
		},
	}, nil
}

func (c *config) limit() session.Limit {
	l := session.Limit{Sessions: c.Sessions.Limit}
	switch {
	case l.Sessions == 0:
		l.Policy = session.Allow
	case c.Sessions.OverLimit == overEndOldest:
		l.Policy = session.EndOldest
	default:
		l.Policy = session.Refuse
	}
	return l
}

// listen opens all addresses or none.
func listen(ctx context.Context, addresses []string) ([]net.Listener, error) {
	var open []net.Listener
	var conf net.ListenConfig
	for _, a := range addresses {
		ln, err := conf.Listen(ctx, "tcp", a)
		if err != nil {
			for _, o := range open {
				err = errors.Join(err, o.Close())
			}
			return nil, err
		}
		open = append(open, ln)
	}
	return open, nil
}

func newLog(c *config, to io.Writer) *slog.Logger {
	level, _ := c.level() // was checked
	o := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(to, o))
	}
	return slog.New(slog.NewTextHandler(to, o))
}
