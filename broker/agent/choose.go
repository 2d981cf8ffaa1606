package agent

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
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
	f := Facts{Token: t.ID(), Label: holderOf(t.Label(), keys), Retries: -1, Certs: certViews(keys)}
	abilities(&f, t)
	if f.Key, err = chooseKey(keys, now); err != nil {
		return f, err
	}
	cert := f.Key.Cert
	f.Virtual = card.IsVirtual(cert)
	if f.Virtual && e.Live && !p.Virtual || !p.Demo && strings.HasPrefix(cert.Issuer.CommonName, ca.DemoName) {
		return f, errDemo
	}
	if f.UID, err = broker.UIDOf(cert); err != nil {
		return f, fmt.Errorf("%w: %w", errNoUser, err)
	}
	if c, ok := t.(card.PINCounter); ok {
		if f.Retries, err = c.Retries(ctx); err != nil {
			if errors.Is(err, card.ErrRemoved) {
				return f, err
			}
			f.Retries = -1 // the card does not tell; it will when it refuses
		}
	}
	return f, nil
}

// abilities notes what the token can do. Where the passcode belongs on the
// reader's keys, none is typed here, also to change it.
func abilities(f *Facts, t card.Token) {
	if k, ok := t.(card.Keypad); ok {
		if wait, has := k.Keypad(); has {
			f.Keypad = cmp.Or(max(wait, 0), keypadWait)
			return
		}
	}
	_, f.CanChange = t.(card.PINChanger)
	_, f.CanUnblock = t.(card.Unblocker)
}

// certViews shows the certificates of a card's keys.
func certViews(keys []card.Key) (views []CertView) {
	for _, k := range keys {
		c := k.Cert
		if c == nil {
			continue
		}
		v := CertView{
			Purpose: k.Purpose, Holder: c.Subject.CommonName, Issuer: c.Issuer.CommonName,
			Key: keyName(c.PublicKey), From: c.NotBefore, Until: c.NotAfter,
		}
		if c.SerialNumber != nil {
			v.Serial = c.SerialNumber.Text(16)
		}
		views = append(views, v)
	}
	return views
}

// holderOf calls a card by a person's name. Certificates for signing on name a
// user id alone; those for signing name the person behind it, in capitals and
// with "_" for a blank (cards.md). A label that is no user id was given to the
// card by hand, such as that of a virtual one, and stays.
func holderOf(label string, keys []card.Key) string {
	named := ""
	virtual := false
	for _, k := range keys {
		if k.Cert == nil {
			continue
		}
		virtual = virtual || card.IsVirtual(k.Cert)
		uid, err := broker.UIDOf(k.Cert)
		if err != nil {
			continue
		}
		if strings.Contains(label, string(uid)) {
			label = ""
		}
		if _, name, ok := strings.Cut(k.Cert.Subject.CommonName, string(uid)+"_"); ok {
			named = strings.TrimSpace(strings.ReplaceAll(name, "_", " "))
		}
	}
	if named == "" || virtual && label != "" {
		return label
	}
	return named
}

// keyName tells the kind and size of a public key.
func keyName(key any) string {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return k.Curve.Params().Name
	default:
		return ""
	}
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
