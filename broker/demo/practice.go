package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
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
	Works       Kind = iota
	RunsOut          // in some days
	RanOut           // two months ago
	LastTry          // one more wrong passcode locks it
	LockedCard       // by three wrong passcodes; the PUK unlocks it
	NoRoles          // its holder has none
	UnknownUser      // to the server
	ClosedUser       // at the server
)

// When the practice's certificates end.
const (
	soonEnds   = 20 * 24 * time.Hour // of the card that runs out
	endedAgo   = 60 * 24 * time.Hour // of the card that ran out
	remakeCard = 24 * time.Hour      // before its end a card is made anew
)

// cheap is what a guess at a practice's passcode costs: it stands in a file
// beside the cards, and in the window. So the cards are made in half the time.
func cheap() virtual.Cost { return virtual.Cost{Memory: 1 << 10, Passes: 1, Lanes: 1} }

// PracticeCard is a card of an invented person.
type PracticeCard struct {
	Name  string // in the drawer
	Label string // of whom
	Roles int    // that its holder has
	Kind  Kind
	Ends  time.Time // of its certificates

	uid broker.UID
}

// practiceCards are the cards to practise with; the people are those of the
// demo's directory, but for one whom the server does not know.
func practiceCards() []PracticeCard {
	return []PracticeCard{
		{Name: cardName, Label: holder().name, Roles: 3, uid: holder().uid},
		{Name: "gp", Label: "Anwen Prŷs", Roles: 1, uid: "900000000081"},
		{Name: "consultant", Label: "Bartholomew Quick", Roles: 500, uid: "900000000033"},
		{Name: "soon", Label: "Priya Venkataraman", Roles: 1, Kind: RunsOut, uid: "900000000145"},
		{Name: "last", Label: "Ffion Gruffudd", Roles: 1, Kind: LastTry, uid: "900000000105"},
		{Name: "locked", Label: "Tomasz Wójcik", Roles: 2, Kind: LockedCard, uid: "900000000089"},
		{Name: "expired", Label: "Siân Llywelyn-Rhys", Kind: RanOut, uid: "900000000025"},
		{Name: "none", Label: "Niamh Ní Dhónaill", Kind: NoRoles, uid: "900000000057"},
		{Name: "closed", Label: "Carol Ashdown", Kind: ClosedUser, uid: "900000000041"},
		{Name: "unknown", Label: "A. N. Other", Kind: UnknownUser, uid: "900000999999"},
	}
}

// Practice is a bench with a drawer of cards of different people, and faults to
// be switched on and off.
type Practice struct {
	*Bench

	drawer *virtual.Drawer
	player *fault.Player // of whatever card is in
	cards  []PracticeCard

	turn    sync.Mutex // one fault is set at a time
	changed chan struct{}

	mu     sync.Mutex
	on     []Fault // in the order of the constants
	pulled bool
}

// StartPractice puts a bench up whose drawer holds cards of different people,
// each as it was made, whatever was done to it in an earlier run. The caller
// closes it.
func StartPractice(ctx context.Context, o Options) (*Practice, error) {
	p := &Practice{player: fault.NewPlayer(nil), changed: make(chan struct{}, 1)}
	o.Cards, o.faulty = p.open, true
	b, err := Start(ctx, o)
	if err != nil {
		return nil, err
	}
	p.Bench = b
	return p, nil
}

// open makes the cards that are not there or end soon, and the drawer.
func (p *Practice) open(ctx context.Context, c Cards) (Slot, error) {
	p.drawer = virtual.NewDrawer(c.dir, c.device, new(card.Generations), c.log)
	ends, err := p.ends()
	if err != nil {
		return Slot{}, err
	}
	made := false
	p.cards = practiceCards()
	for _, k := range p.cards {
		if end := ends[k.Name]; end.IsZero() || k.Kind != RanOut && time.Until(end) < remakeCard {
			if err := c.material.make(ctx, k); err != nil {
				return Slot{}, fmt.Errorf("demo: card of %s: %w", k.Label, err)
			}
			made = true
		}
	}
	if made {
		if ends, err = p.ends(); err != nil {
			return Slot{}, err
		}
	}
	for i, k := range p.cards {
		p.cards[i].Ends = ends[k.Name]
	}
	return Slot{
		Watcher: p.drawer, Opener: p.drawer,
		Insert:   func(ctx context.Context) error { return p.Insert(ctx, cardName) },
		Remove:   p.Remove,
		Inserted: func() bool { return p.Inserted() != "" },
	}, nil
}

// ends tells when the certificates of the cards end that can be read.
func (p *Practice) ends() (map[string]time.Time, error) {
	cards, err := p.drawer.List()
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	ends := make(map[string]time.Time, len(cards))
	for _, c := range cards {
		for _, pair := range c.Pairs {
			ends[c.Name] = pair.Cert.NotAfter
		}
	}
	return ends, nil
}

// make makes a card to practise with.
func (m *material) make(ctx context.Context, k PracticeCard) error {
	holder := person{uid: k.uid, name: k.Label}
	spec := cardSpec{issue: m.issuer(holder, time.Time{}), cost: cheap()}
	switch k.Kind {
	case RanOut:
		spec.issue = m.issuer(holder, time.Now().Add(-endedAgo))
	case RunsOut:
		if end := time.Now().Add(soonEnds); end.Before(m.ca.Root().NotAfter) {
			spec.issue = m.issuer(holder, end)
		}
	case LastTry:
		spec.wrong = pinTries - 1
	case LockedCard:
		spec.wrong = pinTries
	}
	return m.makeCard(ctx, k.Name, holder, spec)
}

// Cards are the cards of the drawer.
func (p *Practice) Cards() []PracticeCard { return append([]PracticeCard(nil), p.cards...) }

// Inserted names the card that is in; empty for none.
func (p *Practice) Inserted() string { return p.drawer.Inserted() }

// Remove takes the card out that is in.
func (p *Practice) Remove(context.Context) error {
	p.touched()
	p.drawer.Remove()
	return nil
}

// Insert puts a card in.
func (p *Practice) Insert(ctx context.Context, name string) error {
	p.touched()
	for _, k := range p.cards {
		if k.Name == name {
			return p.drawer.Insert(ctx, name, p.player)
		}
	}
	return errors.New("no such card: " + name)
}

// Passcode is that of every card in the drawer, to be shown to who practises.
func (p *Practice) Passcode() string { return string(p.material.pin) }

// PUK unlocks every card in the drawer; to be shown as well.
func (p *Practice) PUK() string { return string(p.material.puk) }
