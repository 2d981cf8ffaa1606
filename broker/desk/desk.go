package desk

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"lanyard/broker/agent"
	"lanyard/broker/agent/rolememory"
	"lanyard/broker/agent/times"
	"lanyard/broker/client"
	"lanyard/broker/localapi"
	"lanyard/broker/settings"
	"lanyard/broker/ticket"
	"lanyard/card/trust"
)

// Desk is an Identity Agent and what applications talk to.
type Desk struct {
	Agent *agent.Agent

	wire   *client.Client
	local  *localapi.Server
	socket string
	cards  source
}

// Passwords are what the user gave to be kept.
type Passwords interface {
	// Get returns a password, which the caller wipes.
	Get(ctx context.Context, name string) ([]byte, error)
}

// New makes a desk. It starts nothing. The socket is where applications reach
// it; empty is this user's own.
func New(s settings.Settings, socket string, passwords Passwords, log *slog.Logger) (*Desk, error) {
	profile, err := withPassword(s, passwords)
	if err != nil {
		return nil, err
	}
	mode, err := ModeOf(s.Mode)
	if err != nil {
		return nil, err
	}
	if socket == "" {
		if socket, err = localapi.Address(); err != nil {
			return nil, err
		}
	}
	dir, err := kept()
	if err != nil {
		return nil, err
	}
	d := &Desk{socket: socket}
	if d.cards, err = cards(s.Card, log); err != nil {
		return nil, err
	}
	if d.wire, err = client.New(client.Config{Profile: profile, Log: log}); err != nil {
		return nil, err
	}
	d.Agent, err = agent.New(agent.Config{
		Watcher: d.cards.watcher, Opener: d.cards.opener, Server: d.wire, Mode: mode, Log: log,
		Memory:      rolememory.New(filepath.Join(dir, "roles.json")),
		Times:       times.New(filepath.Join(dir, timesFile), log),
		Policy:      agent.Policy{Virtual: s.Profiles[s.Environment].VirtualCards, Demo: profile.TakesDemo()},
		Environment: agent.Environment{Name: profile.Name, Live: profile.Live, Colour: profile.Colour, Host: profile.Host()},
	})
	if err != nil {
		return nil, err
	}
	d.local = &localapi.Server{Agent: d.Agent, Tickets: ticket.New(d.Agent, log), Drawer: d.cards.drawer, Log: log}
	return d, nil
}

// Run serves until ctx ends; the agent then signs out. It returns nil after an
// orderly end and [localapi.ErrInUse] where another agent of this user runs.
func (d *Desk) Run(ctx context.Context) (err error) {
	defer func() {
		d.wire.Close()
		err = errors.Join(err, d.cards.close())
	}()
	ln, err := localapi.Listen(ctx, d.socket)
	if err != nil {
		return fmt.Errorf("open %s for applications: %w", d.socket, err)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.local.Serve(ctx, ln) })
	g.Go(func() error { return d.Agent.Run(ctx) })
	return g.Wait()
}

// withPassword makes the environment in use of the settings, with the password
// of a proxy that asks for one.
func withPassword(s settings.Settings, passwords Passwords) (client.Profile, error) {
	profile, err := profileOf(s)
	if account, ok := s.Profiles[s.Environment].ProxyAccount(); ok {
		profile.ProxyPassword = func(ctx context.Context) ([]byte, error) { return passwords.Get(ctx, account.Name()) }
	}
	return profile, err
}

// profileOf makes the environment in use of the settings.
func profileOf(s settings.Settings) (client.Profile, error) {
	p := s.Profiles[s.Environment]
	var anchors []*x509.Certificate
	var faults []error
	for _, file := range p.Anchors {
		text, err := os.ReadFile(file)
		if err != nil {
			faults = append(faults, fmt.Errorf("anchor of the environment %s: %w", s.Environment, err))
			continue
		}
		certs, err := trust.ReadCertificates(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("anchor of the environment %s: %s: %w", s.Environment, file, err))
		}
		anchors = append(anchors, certs...)
	}
	colour := p.Colour
	if colour == "" {
		colour = defaultColour(p.Live)
	}
	return client.Profile{Name: s.Environment, Live: p.Live, Colour: colour, BaseURL: p.Server, Anchors: anchors, Proxy: p.Proxy}, errors.Join(faults...)
}

// defaultColour is the banner's: quiet for live, unmistakable for all else.
func defaultColour(live bool) string {
	if live {
		return "#0B5A63"
	}
	return "#7B1E6A"
}

// ModeOf finds the mode of a name, as configuration writes it.
func ModeOf(name string) (agent.Mode, error) {
	for m := agent.Normal; m <= agent.Mobility; m++ {
		if m.String() == name {
			return m, nil
		}
	}
	return 0, fmt.Errorf("mode %q does not exist", name)
}

// timesFile is the histogram of waiting times.
const timesFile = "times.json"

// TimesPath is where the histogram of waiting times is kept.
func TimesPath() (string, error) {
	dir, err := kept()
	return filepath.Join(dir, timesFile), err
}

// kept is the folder of what an agent remembers.
func kept() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for what is remembered: %w", err)
	}
	return filepath.Join(dir, "lanyard"), nil
}
