package session

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Defaults of [Times].
const (
	DefaultUnused   = 5 * time.Minute
	DefaultRemember = 15 * time.Minute
)

// TouchEvery is how often at most a use of one session is written to the store.
const TouchEvery = time.Minute

// Config is what a [Service] is made of.
type Config struct {
	Store Store
	Keys  Keys
	Times Times
	Limit Limit
	Log   *slog.Logger
	Now   func() time.Time // nil: time.Now
	// Elapsed measures leases, where the store is [Shared]. It must count while
	// the machine sleeps. nil: the system's.
	Elapsed func() time.Duration
	// Changed is told of sessions with listeners whose end, or a change of their
	// properties, this service stored; nil: nobody. It must not wait.
	Changed func(*Session)
}

// Times are the lifetimes of sessions made from now on.
type Times struct {
	Idle   time.Duration // since the last use
	Max    time.Duration // whatever happens
	Unused time.Duration // until the first use; 0: DefaultUnused
	// Remember is how long after its maximum time an ended session is still
	// told apart from one that never was; 0: DefaultRemember. It also allows
	// for clocks that differ.
	Remember time.Duration
}

// Limit is the policy of concurrent sessions of one user. The zero value sets
// no limit.
type Limit struct {
	Sessions int
	Policy   Policy
}

// Policy is what happens to a sign-on above the limit.
type Policy int

// The policies.
const (
	Allow     Policy = iota // there is no limit
	Refuse                  // ErrLimit
	EndOldest               // the sessions signed on first end (Destroyed)
)

// check reports all faults together and fills in the defaults.
func (c *Config) check() error {
	if c.Times.Unused == 0 {
		c.Times.Unused = DefaultUnused
	}
	if c.Times.Remember == 0 {
		c.Times.Remember = DefaultRemember
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Elapsed == nil {
		c.Elapsed = elapsed
	}
	var errs []error
	if c.Store == nil {
		errs = append(errs, errors.New("no store"))
	}
	if c.Log == nil {
		errs = append(errs, errors.New("no log"))
	}
	if c.Times.Idle <= 0 || c.Times.Max <= 0 {
		errs = append(errs, fmt.Errorf("idle time %v and maximum time %v must be more than 0", c.Times.Idle, c.Times.Max))
	}
	if c.Times.Unused < 0 || c.Times.Remember < 0 {
		errs = append(errs, fmt.Errorf("unused time %v and remembered time %v must not be negative", c.Times.Unused, c.Times.Remember))
	}
	if c.Limit.Policy < Allow || c.Limit.Policy > EndOldest {
		errs = append(errs, fmt.Errorf("limit policy %d does not exist", c.Limit.Policy))
	}
	if c.Limit.Policy != Allow && c.Limit.Sessions < 1 {
		errs = append(errs, fmt.Errorf("a limit of %d sessions lets nobody in", c.Limit.Sessions))
	}
	return errors.Join(errs...)
}
