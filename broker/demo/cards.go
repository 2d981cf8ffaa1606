package demo

import (
	"context"
	"log/slog"

	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/card/virtual/fault"
)

// Cards is where the demo's card is kept.
type Cards struct {
	dir    string
	device virtual.DeviceKeys
	faults *fault.Script
	log    *slog.Logger
}

// Slot is a way for the card to go in and out.
type Slot struct {
	Watcher  card.Watcher
	Opener   card.Opener
	Insert   func(ctx context.Context) error
	Remove   func(ctx context.Context) error
	Inserted func() bool
	Close    func() error // nil: nothing to close

	Socket string // of PC/SC, for programs; empty: none
	Module string // a PKCS#11 module that sees the card; empty: none
}

// Drawer uses the card in this process: no reader and no middleware is needed.
func Drawer(_ context.Context, c Cards) (Slot, error) {
	d := virtual.NewDrawer(c.dir, c.device, new(card.Generations), c.log)
	return Slot{
		Watcher: d, Opener: d,
		Insert:   func(ctx context.Context) error { return d.Insert(ctx, cardName, fault.NewPlayer(c.faults)) },
		Remove:   func(context.Context) error { d.Remove(); return nil },
		Inserted: func() bool { return d.Inserted() != "" },
	}, nil
}
