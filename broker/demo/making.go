package demo

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lanyard/broker/ca"
	"lanyard/card"
	"lanyard/card/virtual"
)

// cardFiles are what a card consists of, as endings of its name: its file and
// the counter beside it.
func cardFiles() []string { return []string{".card", ".card.count"} }

// issuer certifies a card's keys in somebody's name.
type issuer func(card.Purpose, crypto.PublicKey) (*x509.Certificate, error)

// cardSpec says what card to make.
type cardSpec struct {
	issue   issuer
	expired issuer // of what the card shows that a fault script lets run out; nil: nothing
	wrong   int    // wrong passcodes that were tried on it
	cost    virtual.Cost
}

// unready is before the name of a card that is being made: what was interrupted
// is not taken for a card.
const unready = "."

// makeCard makes a card with the demo's passcode and PUK. It is kept as it was
// made, and put into the drawer's folder.
func (m *material) makeCard(ctx context.Context, name string, holder person, s cardSpec) error {
	pin, puk := card.CopyPIN(m.pin), card.CopyPIN(m.puk)
	defer pin.Wipe()
	defer puk.Wipe()
	for _, end := range cardFiles() { // a card is never made over another
		for _, n := range []string{name, unready + name} {
			if err := os.Remove(m.path(freshName, n+end)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	c, err := virtual.Create(ctx, m.path(freshName, unready+name+".card"), m.device, virtual.Spec{
		Label: holder.name, PIN: pin, PUK: puk, PINTries: pinTries, Issue: s.issue, Expired: s.expired, Cost: s.cost,
	})
	if err != nil {
		return err
	}
	for range s.wrong {
		if err := m.mistype(ctx, c); err != nil {
			return errors.Join(err, c.Close())
		}
	}
	if err := c.Close(); err != nil {
		return err
	}
	for _, end := range slices.Backward(cardFiles()) { // the card itself last: then it is whole
		if err := os.Rename(m.path(freshName, unready+name+end), m.path(freshName, name+end)); err != nil {
			return err
		}
	}
	return m.renew(name)
}

// mistype spends a try of a card.
func (m *material) mistype(ctx context.Context, c *virtual.Card) error {
	pin := card.CopyPIN(m.pin)
	defer pin.Wipe()
	last := &pin.Octets()[len(m.pin)-1]
	*last = '0' + (*last-'0'+1)%10
	var refused *card.PINError
	if err := c.VerifyPIN(ctx, pin); !errors.As(err, &refused) && !errors.Is(err, card.ErrPINBlocked) {
		return fmt.Errorf("spend a try of the card: %w", err)
	}
	return nil
}

// renewAll makes every card in the drawer's folder as it was made: tries spent,
// cards locked or unlocked and passcodes changed are of one run only.
func (m *material) renewAll() error {
	files, err := os.ReadDir(m.path(freshName))
	if err != nil {
		return err
	}
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".card")
		if !ok || strings.HasPrefix(name, unready) {
			continue
		}
		if err := m.renew(name); err != nil {
			return err
		}
	}
	return nil
}

func (m *material) renew(name string) error {
	for _, end := range cardFiles() {
		b, err := os.ReadFile(m.path(freshName, name+end))
		if err != nil {
			return err
		}
		if err := writeWhole(filepath.Join(m.cards(), name+end), b); err != nil {
			return err
		}
	}
	return nil
}

// issuer issues in a holder's name: certificates that end at a time, or as late
// as the authority lets them where it is zero.
func (m *material) issuer(holder person, end time.Time) issuer {
	return func(p card.Purpose, public crypto.PublicKey) (*x509.Certificate, error) {
		r := ca.Request{UID: holder.uid, Name: strings.ToUpper(holder.name), Purpose: p, Public: public, Virtual: true, NotAfter: end}
		if !end.IsZero() && end.Before(time.Now()) {
			r.NotBefore = time.Now().AddDate(-2, 0, 0)
		}
		return m.ca.Issue(r)
	}
}
