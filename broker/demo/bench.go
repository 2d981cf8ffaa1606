package demo

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"lanyard/assets"
	"lanyard/broker/agent"
	"lanyard/broker/client"
	"lanyard/broker/directory/ldif"
	"lanyard/broker/server"
	"lanyard/broker/session"
	"lanyard/broker/session/bolt"
	"lanyard/card"
	"lanyard/card/trust"
	"lanyard/card/virtual/fault"
)

// The demo's times: those of the national service.
const (
	idleTime = 10 * time.Hour
	maxTime  = 10 * time.Hour
)

// Options say how a bench is set up.
type Options struct {
	Dir    string // of its material; made 0700
	Socket string // of the local API; empty: one in Dir
	Mode   agent.Mode
	Log    *slog.Logger
	// Cards brings the cards: readers and how to open what is in them. It is
	// given the folder of the demo's cards and returns what ends it.
	Cards func(ctx context.Context, m Cards) (Slot, error)
	// Faults makes the card misbehave (docs/card-faults.md); nil: it does not.
	Faults *fault.Script
	// Weak lets the server take SHA-1 signatures, for old clients.
	Weak bool
	// Listen is the server's address; empty: a free port of 127.0.0.1.
	Listen string

	faulty bool // the server is reached by a line that can be slow, and away
}

// Bench is everything together, running.
type Bench struct {
	Base   string // "https://127.0.0.1:PORT"
	Host   string // "127.0.0.1:PORT"
	Anchor string // PEM file of the CA
	Socket string // of the local API
	Holder person
	Agent  *agent.Agent
	Slot   Slot

	material *material
	tap      *tap
	line     *line // nil: the server is reached without one
	store    *bolt.Store
	group    *errgroup.Group
	running  context.Context // ends with the first part that ends
	stop     context.CancelCauseFunc
	people   int
}

// errClosed is why everything ends when a bench is closed.
var errClosed = errors.New("the demo is over")

// Start puts everything up. The caller closes the bench.
func Start(ctx context.Context, o Options) (_ *Bench, err error) {
	b := &Bench{Holder: holder()}
	if b.material, err = prepare(ctx, o.Dir, b.Holder, o.Log); err != nil {
		return nil, err
	}
	ctx, b.stop = context.WithCancelCause(ctx)
	b.group, ctx = errgroup.WithContext(ctx)
	b.running = ctx
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	if err := b.serve(ctx, o); err != nil {
		return nil, err
	}
	if b.Slot, err = o.Cards(ctx, Cards{dir: b.material.cards(), device: b.material.device, faults: o.Faults, log: o.Log, material: b.material}); err != nil {
		return nil, err
	}
	if err := b.sit(ctx, o); err != nil {
		return nil, err
	}
	return b, nil
}

// serve starts the directory, the store and the Identity Server.
func (b *Bench) serve(ctx context.Context, o Options) error {
	people := b.material.path(peopleName)
	if err := os.WriteFile(people, assets.DemoDirectory(), 0o600); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	dir, err := ldif.Open(people, o.Log)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	b.people = dir.Len()
	if b.store, err = bolt.Open(ctx, b.material.path(storeName), bolt.Options{}); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	cert, err := b.material.serverCertificate()
	if err != nil {
		return fmt.Errorf("demo: certificate of the server: %w", err)
	}
	lists, err := b.material.ca.CRLs(time.Now())
	if err != nil {
		return fmt.Errorf("demo: revocation list: %w", err)
	}
	ln, err := b.listen(ctx, o)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	b.Anchor = b.material.path(anchorName)
	if err := writePEM(b.Anchor, b.material.ca.Root()); err != nil {
		return errors.Join(fmt.Errorf("demo: %w", err), ln.Close())
	}
	srv, err := server.New(server.Config{
		Base: b.Base, Demo: true, Directory: dir, Log: o.Log,
		TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
		Sessions: session.Config{
			Store: b.store, Keys: session.Keys{Current: session.NewKey()},
			Times: session.Times{Idle: idleTime, Max: maxTime},
		},
		Trust: trust.Config{
			Anchors: []*x509.Certificate{b.material.ca.Root()}, Intermediates: b.material.ca.Intermediates(), CRLs: lists,
			Policy: trust.Policy{AllowVirtual: true, AllowSHA1: o.Weak, RequireCRL: true},
		},
		Around: func(h http.Handler) http.Handler { b.tap = newTap(h); return b.tap },
	})
	if err != nil {
		return errors.Join(fmt.Errorf("demo: %w", err), ln.Close())
	}
	b.group.Go(func() error { return srv.Run(ctx, ln) })
	return nil
}

// listen opens what the server listens on, and the line to it where there is
// to be one.
func (b *Bench) listen(ctx context.Context, o Options) (net.Listener, error) {
	const anyPort = "127.0.0.1:0"
	addr := cmp.Or(o.Listen, anyPort)
	if o.faulty {
		addr = anyPort
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	b.Host = ln.Addr().String()
	if o.faulty {
		if b.line, err = lay(ctx, cmp.Or(o.Listen, anyPort), ln.Addr(), o.Log); err != nil {
			return nil, errors.Join(err, ln.Close())
		}
		b.Host = b.line.addr
	}
	b.Base = "https://" + b.Host
	return ln, nil
}

// sit starts the Identity Agent and what applications talk to.
func (b *Bench) sit(ctx context.Context, o Options) error {
	profile := client.Profile{Name: "demo", Colour: "#7B1E6A", BaseURL: b.Base, Anchors: []*x509.Certificate{b.material.ca.Root()}, Proxy: "direct"}
	wire, err := client.New(client.Config{Profile: profile, Log: o.Log})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	b.Agent, err = agent.New(agent.Config{
		Watcher: b.Slot.Watcher, Opener: b.Slot.Opener, Server: wire, Mode: o.Mode, Log: o.Log,
		Policy:      agent.Policy{Virtual: true, Demo: true},
		Environment: agent.Environment{Name: profile.Name, Colour: profile.Colour, Host: profile.Host()},
	})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	b.group.Go(func() error {
		defer wire.Close()
		return b.Agent.Run(ctx)
	})
	return b.open(ctx, o)
}

// PIN returns a copy of the passcode of the demo's card.
func (b *Bench) PIN() *card.PIN { return card.CopyPIN(b.material.pin) }

// Close stops everything and waits for it.
func (b *Bench) Close() error {
	if b.line != nil {
		b.line.setSlow(false) // the desk signs out in its own time
	}
	b.stop(errClosed)
	err := b.group.Wait()
	if errors.Is(err, errClosed) || errors.Is(err, context.Canceled) {
		err = nil
	}
	if b.line != nil {
		err = errors.Join(err, b.line.close())
	}
	if b.Slot.Close != nil {
		err = errors.Join(err, b.Slot.Close())
	}
	if b.store != nil {
		err = errors.Join(err, b.store.Close())
	}
	return errors.Join(err, b.material.close())
}
