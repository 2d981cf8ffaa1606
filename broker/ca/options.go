package ca

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// DemoName begins the common name of every demo authority. Everything but the
// demo refuses certificates below it; see [IsDemo].
const DemoName = "Lanyard demo CA"

// Validities of authorities.
const (
	DemoValidity    = 200 * 24 * time.Hour // long enough that no card to practise with is about to run out
	DefaultValidity = 10 * 365 * 24 * time.Hour
)

// lateClocks is how far back a validity begins that is to begin now.
const lateClocks = 5 * time.Minute

// Options says what kind of authority to make.
type Options struct {
	// Name is the common name, at most 40 octets; a demo authority's begins
	// with [DemoName], which is also its default.
	Name string
	// Demo makes an authority that is good for loopback only: see
	// PermittedHosts and PermittedNets, which it sets itself.
	Demo bool
	// Issuing puts an issuing CA below the root.
	Issuing bool
	// P256 makes the authority's own keys P-256; else they are RSA 2048.
	P256 bool
	// NotBefore is when the authority begins to be valid; zero is five minutes
	// ago, for the sake of clocks that are late.
	NotBefore time.Time
	// Validity is how long it is valid; zero is [DefaultValidity], for a demo
	// [DemoValidity], which is also the longest of a demo.
	Validity time.Duration
	// PermittedHosts and PermittedNets are what server certificates may name.
	// Empty: anything. Hosts without networks exclude every address; networks
	// without hosts are refused.
	PermittedHosts []string
	PermittedNets  []*net.IPNet
}

// complete fills in defaults and refuses what cannot be.
func (o Options) complete() (Options, error) {
	if o.NotBefore.IsZero() {
		o.NotBefore = time.Now().Add(-lateClocks)
	}
	o.NotBefore = o.NotBefore.UTC().Truncate(time.Second)
	if o.Demo {
		return o.completeDemo()
	}
	if o.Validity == 0 {
		o.Validity = DefaultValidity
	}
	if isDemoName(o.Name) {
		return o, fmt.Errorf("%w: the name %q is a demo authority's", ErrRequest, o.Name)
	}
	return o, o.check()
}

func (o Options) completeDemo() (Options, error) {
	if o.Name == "" {
		o.Name = DemoName
	}
	if o.Validity == 0 {
		o.Validity = DemoValidity
	}
	if !isDemoName(o.Name) {
		return o, fmt.Errorf("%w: a demo authority's name begins with %q", ErrRequest, DemoName)
	}
	if o.Validity > DemoValidity {
		return o, fmt.Errorf("%w: a demo authority is valid for at most %s", ErrRequest, DemoValidity)
	}
	if len(o.PermittedHosts)+len(o.PermittedNets) > 0 {
		return o, fmt.Errorf("%w: a demo authority is good for loopback only", ErrRequest)
	}
	o.PermittedHosts = []string{"localhost"}
	o.PermittedNets = []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
	return o, o.check()
}

func (o Options) check() error {
	switch {
	case o.Name == "" || len(o.Name) > 40:
		return fmt.Errorf("%w: the authority's name has 1 to 40 octets", ErrRequest)
	case o.Validity < time.Hour:
		return fmt.Errorf("%w: an authority is valid for an hour at least", ErrRequest)
	case len(o.PermittedNets) > 0 && len(o.PermittedHosts) == 0:
		return fmt.Errorf("%w: permitted networks need permitted hosts beside them", ErrRequest)
	}
	return nil
}

// excludedNets is every address where only host names are permitted.
func (o Options) excludedNets() []*net.IPNet {
	if len(o.PermittedHosts) == 0 || len(o.PermittedNets) > 0 {
		return nil
	}
	return []*net.IPNet{
		{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)},
		{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)},
	}
}

func isDemoName(cn string) bool { return strings.HasPrefix(cn, DemoName) }
