package pkcs11

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"lanyard/card"
)

// Opener opens cards through PKCS#11 modules. It is a [card.Opener], safe for
// concurrent use. A module's process is started when the first card needs it.
type Opener struct {
	c Config

	mu     sync.Mutex
	hosts  []*host
	closed bool
}

// NewOpener returns an opener. It starts nothing.
func NewOpener(c Config) (*Opener, error) {
	c, err := c.check()
	if err != nil {
		return nil, err
	}
	return &Opener{c: c}, nil
}

// Close ends the modules' processes and waits for them. Tokens are of no more
// use afterwards.
func (o *Opener) Close() error {
	o.mu.Lock()
	o.closed = true
	hosts := o.hosts
	o.mu.Unlock()
	for _, h := range hosts {
		h.close()
	}
	return nil
}

// Match tells a token among those that modules show. Empty fields match any.
type Match struct {
	Reader card.ReaderID
	Label  string
	Serial string
}

// Open opens the card that was inserted into a reader. It is
// [card.ErrModuleMissing] where no module is installed, and
// [card.ErrUnsupported] where none of them knows the card.
func (o *Opener) Open(ctx context.Context, ev card.Event) (card.Token, error) {
	if ev.Reader == "" {
		return nil, card.ErrNoReader
	}
	return o.OpenToken(ctx, Match{Reader: ev.Reader})
}

// OpenToken opens the first token that matches, module by module: for tokens
// that are in no reader.
func (o *Opener) OpenToken(ctx context.Context, m Match) (card.Token, error) {
	hosts, err := o.modules()
	if err != nil {
		return nil, err
	}
	why := fmt.Errorf("%w: none of %d PKCS#11 modules shows it", card.ErrUnsupported, len(hosts))
	for _, h := range hosts {
		t, err := o.open(ctx, h, m)
		switch {
		case err == nil:
			return t, nil
		case context.Cause(ctx) != nil:
			return nil, context.Cause(ctx)
		case errors.Is(err, card.ErrUnsupported):
			continue
		case errors.Is(why, card.ErrUnsupported):
			why = err
		}
		o.c.Log.WarnContext(ctx, "a PKCS#11 module could not open a card", "module", h.module, "reader", m.Reader, "err", err)
	}
	return nil, why
}

// modules returns the modules. What was not installed may be by now.
func (o *Opener) modules() ([]*host, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil, errClosed
	}
	if o.hosts == nil {
		paths, err := Find(o.c.Module)
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			o.hosts = append(o.hosts, newHost(p, o.c))
		}
	}
	return o.hosts, nil
}

// open opens the token that a module shows, if it does.
func (o *Opener) open(ctx context.Context, h *host, m Match) (card.Token, error) {
	if err := h.take(ctx); err != nil {
		return nil, err
	}
	defer h.give()
	a, err := h.call(ctx, &request{Op: opList})
	if err != nil {
		return nil, err
	}
	states, err := m.pick(a.Tokens)
	if err != nil {
		return nil, err
	}
	t := newToken(h, o.c, m.Reader, states)
	for _, s := range states {
		a, err := h.call(ctx, &request{Op: opRead, Token: s.Name})
		if err != nil {
			return nil, fmt.Errorf("reading the card: %w", err)
		}
		t.add(s.Name, a.Objects)
	}
	if err := t.identify(states[0]); err != nil {
		return nil, err
	}
	if o.c.Counter != nil {
		return &countingToken{t}, nil
	}
	return t, nil
}

// pick returns the tokens that match. A card with several PINs is several
// tokens of one serial number; another serial number is another card.
func (m Match) pick(all []tokenState) ([]tokenState, error) {
	var picked []tokenState
	for _, s := range all {
		if !m.matches(s) {
			continue
		}
		if len(picked) > 0 && string(picked[0].Name.Serial) != string(s.Name.Serial) {
			if m.Reader == "" {
				continue
			}
			return nil, fmt.Errorf("%w: two cards in what looks like one reader, %q", card.ErrUnsupported, s.Name.Slot)
		}
		picked = append(picked, s)
	}
	if len(picked) == 0 {
		return nil, fmt.Errorf("%w: the PKCS#11 module does not show it", card.ErrUnsupported)
	}
	return picked, nil
}

func (m Match) matches(s tokenState) bool {
	return s.Fail == nil && (m.Reader == "" || isReader(s.Name.Slot, m.Reader)) &&
		(m.Label == "" || m.Label == string(s.Name.Label)) &&
		(m.Serial == "" || m.Serial == string(s.Name.Serial))
}

// maxDescription is how many octets of a reader's name a slot's description
// holds.
const maxDescription = 64

// isReader tells whether a slot's description is a reader's name, as much of it
// as a description holds. OpenSC shows by three dots that it cut it.
func isReader(description []byte, r card.ReaderID) bool {
	name := string(r)
	if len(name) <= maxDescription {
		return string(description) == string(octets(name))
	}
	if short, cut := bytes.CutSuffix(description, []byte("...")); cut && len(description) == maxDescription {
		return string(short) == name[:len(short)]
	}
	return string(description) == string(octets(name[:maxDescription]))
}
