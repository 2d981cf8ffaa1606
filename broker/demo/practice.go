package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lanyard/broker"
	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/card/virtual/fault"
)

// Kind is what a card of the practice is for.
type Kind int

// The kinds.
const (
	Works Kind = iota
	RanOut
	LockedCard
	UnknownUser
	ClosedUser
)

// PracticeCard is a card of an invented person.
type PracticeCard struct {
	Name  string // in the drawer
	Label string // of whom
	Roles int    // that its holder has
	Kind  Kind

	uid broker.UID
}

// practiceCards are the cards to practise with; the people are those of the
// demo's directory, but for one whom the server does not know.
func practiceCards() []PracticeCard {
	return []PracticeCard{
		{Name: cardName, Label: holder().name, Roles: 3, uid: holder().uid},
		{Name: "gp", Label: "Anwen Prŷs", Roles: 1, uid: "900000000081"},
		{Name: "consultant", Label: "Bartholomew Quick", Roles: 500, uid: "900000000033"},
		{Name: "expired", Label: "Siân Llywelyn-Rhys", Kind: RanOut, uid: "900000000025"},
		{Name: "locked", Label: "Tomasz Wójcik", Kind: LockedCard, uid: "900000000089"},
		{Name: "closed", Label: "Carol Ashdown", Kind: ClosedUser, uid: "900000000041"},
		{Name: "unknown", Label: "A. N. Other", Kind: UnknownUser, uid: "900000999999"},
	}
}

// Practice is a bench with a drawer of cards of different people.
type Practice struct {
	*Bench

	drawer *virtual.Drawer
}

// StartPractice puts a bench up whose drawer holds cards of different people.
// The caller closes it.
func StartPractice(ctx context.Context, o Options) (*Practice, error) {
	p := &Practice{}
	o.Cards = p.open
	b, err := Start(ctx, o)
	if err != nil {
		return nil, err
	}
	p.Bench = b
	return p, nil
}

// open makes the cards that are not there yet, and the drawer.
func (p *Practice) open(ctx context.Context, c Cards) (Slot, error) {
	for _, k := range practiceCards() {
		if _, err := os.Stat(filepath.Join(c.dir, k.Name+".card")); err == nil {
			continue
		}
		if err := c.material.make(ctx, k); err != nil {
			return Slot{}, fmt.Errorf("demo: card of %s: %w", k.Label, err)
		}
	}
	p.drawer = virtual.NewDrawer(c.dir, c.device, new(card.Generations), c.log)
	return Slot{
		Watcher: p.drawer, Opener: p.drawer,
		Insert:   func(ctx context.Context) error { return p.Insert(ctx, cardName) },
		Remove:   p.Remove,
		Inserted: func() bool { return p.Inserted() != "" },
	}, nil
}

// make makes a card to practise with.
func (m *material) make(ctx context.Context, k PracticeCard) error {
	var ended time.Time
	if k.Kind == RanOut {
		ended = time.Now().AddDate(0, -2, 0)
	}
	holder := person{uid: k.uid, name: k.Label}
	return m.makeCard(ctx, filepath.Join(m.cards(), k.Name+".card"), holder, m.issuer(holder, ended), nil)
}

// Cards are the cards of the drawer.
func (p *Practice) Cards() []PracticeCard { return practiceCards() }

// Inserted names the card that is in; empty for none.
func (p *Practice) Inserted() string { return p.drawer.Inserted() }

// Remove takes the card out that is in.
func (p *Practice) Remove(context.Context) error { p.drawer.Remove(); return nil }

// Insert puts a card in.
func (p *Practice) Insert(ctx context.Context, name string) error {
	for _, k := range practiceCards() {
		if k.Name == name {
			return p.drawer.Insert(ctx, name, player(k))
		}
	}
	return errors.New("no such card: " + name)
}

// player makes the locked card say so; its own count is not touched.
func player(k PracticeCard) *fault.Player {
	if k.Kind != LockedCard {
		return nil
	}
	script, err := fault.Parse([]byte("locked\n"))
	if err != nil {
		return nil // the one line is right, a test holds it
	}
	return fault.NewPlayer(script)
}

// Passcode is that of every card in the drawer, to be shown to who practises.
func (p *Practice) Passcode() string { return string(p.material.pin) }
