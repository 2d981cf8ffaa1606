package pcsc

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"lanyard/card"

	"github.com/ebfe/scard"
)

// Retries while the service is away. A notice of it may come a moment before
// it answers, hence the quick ones; the slow ones are the last resort, for
// services and systems that give no notice.
var quickRetries = [...]time.Duration{10 * time.Millisecond, 50 * time.Millisecond, 250 * time.Millisecond}

const (
	slowRetry    = 5 * time.Minute  // beside a notice
	firstRetry   = time.Second      // without one; doubled each time
	slowestRetry = 30 * time.Second // without one
)

// A bell rings when the service may have come back.
type bell interface {
	// arm makes sure that no ring from now on is lost.
	arm()
	// wait returns when it rang, after d, or at the end of ctx; it tells
	// whether it rang.
	wait(ctx context.Context, d time.Duration) bool
	close()
}

// find returns a context of the service and waits for the service to come. It
// reports the outage. Its error is the context's cause.
func (w *Watcher) find(ctx context.Context, v *view) (*scard.Context, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	c, err := establish()
	if err == nil {
		return c, nil
	}
	v.serviceDown(err)
	b, notices := newBell()
	if !notices {
		w.log.InfoContext(ctx, "no notice of the card reader service is to be had: it is asked for now and then")
	}
	defer b.close()
	for failed := 0; ; failed++ {
		b.arm()
		c, err := establish()
		if err == nil {
			return c, nil
		}
		v.serviceDown(err)
		if b.wait(ctx, jitter(retry(failed, notices))) {
			failed = -1
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
}

// establish makes a context. A service that hangs up or says no on the second
// attempt, too, runs and refuses this user: so pcsc-lite with polkit does. The
// first one may have met a service on its way down.
func establish() (*scard.Context, error) {
	const op = "find the card reader service"
	no := []scard.Error{scard.ErrCommError, scard.ErrSecurityViolation}
	c, err := scard.EstablishContext()
	if is(err, no...) {
		if c, err = scard.EstablishContext(); is(err, no...) {
			return nil, fmt.Errorf("%s: %w (%w)", op, card.ErrAccess, err)
		}
	}
	if is(err, scard.ErrNoService) {
		return nil, refused(failure(op, err))
	}
	return c, failure(op, err)
}

// retry is how long to wait after so many failures.
func retry(failed int, notices bool) time.Duration {
	if failed < len(quickRetries) {
		return quickRetries[failed]
	}
	if notices {
		return slowRetry
	}
	return min(firstRetry<<min(failed-len(quickRetries), 10), slowestRetry)
}

// jitter spreads a time by a fifth, so that a ward's machines that woke
// together do not ask together.
func jitter(d time.Duration) time.Duration {
	return d - d/5 + rand.N(2*d/5+1)
}

// silent is the bell where there is none.
type silent struct{}

func (silent) arm() {}

func (silent) wait(ctx context.Context, d time.Duration) bool {
	pause(ctx, d)
	return false
}

func (silent) close() {}
