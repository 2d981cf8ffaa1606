package doctor

import (
	"context"
	"errors"
	"time"

	"lanyard/broker/settings/secret"
)

// probe is a secret that need not exist: only whether it could be read counts.
const probe = "doctor"

// unlockLimit is how long a person may take to unlock the keyring.
const unlockLimit = 2 * time.Minute

// keyring tells whether secrets can be kept. A locked one is not asked for one:
// that would open a dialog and wait for the person.
func (e *examination) keyring(ctx context.Context) {
	state := secret.NewRing(ringLimit).Look(ctx, probe)
	switch {
	case ctx.Err() != nil:
		e.say(ctx, Row{ID: Keyring, Verdict: Look, Say: RingSilent, Fix: Fix{Kind: LookAgain}})
	case state == secret.Locked:
		e.say(ctx, Row{ID: Keyring, Verdict: Look, Say: RingLocked, Fix: Fix{Kind: UnlockKeyring}})
	case state == secret.None:
		e.say(ctx, none(Keyring, RingNone))
	default:
		e.say(ctx, good(Keyring, RingWorks))
	}
}

// Unlock has the keyring ask the person to unlock it, by looking for a secret
// that need not be there. It returns when the person has answered, or with the
// cause of a ctx that ended before. The error is [secret.ErrLocked] where the
// keyring stays locked.
func Unlock(ctx context.Context) error {
	found, err := secret.NewRing(unlockLimit).Get(ctx, probe)
	clear(found)
	if errors.Is(err, secret.ErrAbsent) {
		return nil
	}
	return err
}
