package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/card"
)

// Policy is which cards may sign on here.
type Policy struct {
	Virtual bool // cards in software, on an environment that is live
	Demo    bool // cards of the demonstration's CA
}

// factsOf reads a card as far as it can be read without its PIN.
func factsOf(ctx context.Context, t card.Token, p Policy, e Environment, now time.Time) (Facts, error) {
	keys, err := t.Keys(ctx)
	if err != nil {
		return Facts{}, fmt.Errorf("read the card's certificates: %w", err)
	}
	key, err := chooseKey(keys, now)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{Token: t.ID(), Label: t.Label(), Key: key, Retries: -1, Virtual: card.IsVirtual(key.Cert)}
	if f.Virtual && e.Live && !p.Virtual || !p.Demo && strings.HasPrefix(key.Cert.Issuer.CommonName, ca.DemoName) {
		return Facts{}, errDemo
	}
	if f.UID, err = broker.UIDOf(key.Cert); err != nil {
		return Facts{}, fmt.Errorf("%w: %w", errNoUser, err)
	}
	if c, ok := t.(card.PINCounter); ok {
		if f.Retries, err = c.Retries(ctx); err != nil {
			if errors.Is(err, card.ErrRemoved) {
				return Facts{}, err
			}
			f.Retries = -1 // the card does not tell; it will when it refuses
		}
	}
	return f, nil
}

// chooseKey takes the newest authentication key whose certificate is valid.
func chooseKey(keys []card.Key, now time.Time) (card.Key, error) {
	var best card.Key
	why := fmt.Errorf("%w for signing on", card.ErrNoKey)
	for _, k := range keys {
		if k.Cert == nil || k.Purpose != card.Authentication {
			continue
		}
		switch {
		case now.Before(k.Cert.NotBefore):
			if !errors.Is(why, errExpired) {
				why = fmt.Errorf("%w: they begin at %s", errNotYet, k.Cert.NotBefore.Format(time.RFC3339))
			}
		case now.After(k.Cert.NotAfter):
			why = fmt.Errorf("%w: they ended at %s", errExpired, k.Cert.NotAfter.Format(time.RFC3339))
		case best.Cert == nil || k.Cert.NotBefore.After(best.Cert.NotBefore):
			best = k
		}
	}
	if best.Cert == nil {
		return card.Key{}, why
	}
	return best, nil
}
