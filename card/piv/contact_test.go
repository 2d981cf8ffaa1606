package piv_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"lanyard/card"
	"lanyard/card/piv"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/applet/applettest"
	"lanyard/card/virtual/fault"
)

// contact is a card in this process as a transport: the applet with a fault
// player in front of it, and a record of what was held when.
type contact struct {
	b      *applettest.Backend
	chip   *applet.Card
	player *fault.Player
	send   fault.Transmit

	mu      sync.Mutex
	out     bool
	held    int     // between Begin and End
	begins  []error // what the next Begins return
	refuse  func([]byte) ([]byte, error)
	log     [][]byte     // the commands, without what follows the header
	resets  int          // Disconnect with a reset
	connect func() error // what connecting again returns
}

func newContact(t testing.TB, b *applettest.Backend, script string) *contact {
	t.Helper()
	s, err := fault.Parse([]byte(script))
	if err != nil {
		t.Fatal(err)
	}
	c := &contact{b: b, chip: applet.New(b, applet.Options{}), player: fault.NewPlayer(s)}
	c.player.Attach(c.remove, c.chip.Reset)
	c.send = c.player.Wrap(c.chip.Transmit)
	return c
}

func (c *contact) remove() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = true
	c.chip.PowerOff()
}

func (c *contact) gone() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out {
		return card.ErrRemoved
	}
	return nil
}

func (c *contact) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := c.gone(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.log = append(c.log, bytes.Clone(command[:4]))
	refuse, held := c.refuse, c.held
	c.mu.Unlock()
	if held != 1 {
		return nil, errors.New("command outside of a series")
	}
	if refuse != nil {
		if answer, err := refuse(command); answer != nil || err != nil {
			return answer, err
		}
	}
	return c.send(ctx, command)
}

func (c *contact) Begin(context.Context) error {
	if err := c.gone(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.begins) > 0 {
		err := c.begins[0]
		c.begins = c.begins[1:]
		if err != nil {
			return err
		}
	}
	c.held++
	return nil
}

func (c *contact) End() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = 0
}

func (c *contact) Disconnect(reset bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = 0
	if reset {
		c.resets++
		c.chip.Reset()
	}
	return nil
}

// verified asks the card itself, behind the transport.
func (c *contact) verified(t testing.TB) bool {
	t.Helper()
	if c.gone() != nil {
		return false
	}
	answer, err := c.chip.Transmit(context.Background(), []byte{0x00, 0x20, 0x00, 0x80})
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(answer, []byte{0x90, 0x00})
}

// opener opens the card of a contact.
func (c *contact) opener(o piv.Options) *piv.Opener {
	return piv.NewOpener(piv.ConnectFunc(func(context.Context, card.Event) (piv.Transport, error) {
		c.mu.Lock()
		connect := c.connect
		c.mu.Unlock()
		if connect != nil {
			if err := connect(); err != nil {
				return nil, err
			}
		}
		return c, nil
	}), o)
}

func (c *contact) open(t testing.TB, o piv.Options) *piv.Token {
	t.Helper()
	token, err := c.opener(o).Open(t.Context(), card.Event{Kind: card.Inserted})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = token.Close() })
	return token.(*piv.Token)
}

func keyFor(t testing.TB, token card.Token, p card.Purpose) card.Key {
	t.Helper()
	keys, err := token.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Purpose == p {
			return k
		}
	}
	t.Fatalf("no key for %v", p)
	return card.Key{}
}

// types is a person who types a PIN and is counted.
func types(pin string, asked *int) card.PINSource {
	return card.PINFunc(func(context.Context, card.PINPrompt) (*card.PIN, error) {
		*asked++
		return card.NewPIN([]byte(pin)), nil
	})
}
