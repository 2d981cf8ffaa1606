package demo

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"lanyard/broker/desk"
	"lanyard/card"
	"lanyard/card/pcsc"
	"lanyard/card/piv"
	"lanyard/card/pkcs11"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/fault"
	"lanyard/card/virtual/reader"
)

// Cards is where the demo's card is kept.
type Cards struct {
	dir    string
	device virtual.DeviceKeys
	faults *fault.Script
	log    *slog.Logger

	material *material
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

// socketVariable names the PC/SC socket to libpcsclite, which reads it once in
// a process: a process has one Reader slot at most.
const socketVariable = "PCSCLITE_CSOCK_NAME"

// Reader puts the card into a virtual PC/SC reader, where every program of this
// user sees it through pcscd, and has the agent use it there as a PIV card.
func Reader(ctx context.Context, c Cards) (Slot, error) {
	modules, err := pkcs11.Find("") // the first is OpenSC's where it is installed
	if err != nil {
		return Slot{}, err
	}
	r, err := reader.Start(ctx, reader.Config{Log: c.log})
	if err != nil {
		return Slot{}, err
	}
	if err := os.Setenv(socketVariable, r.Socket()); err != nil {
		return Slot{}, errors.Join(err, r.Close())
	}
	s := &readerSlot{cards: c, reader: r}
	return Slot{
		Watcher: pcsc.NewWatcher(c.log, new(card.Generations)), Opener: piv.NewOpener(piv.ConnectFunc(desk.Connect), piv.Options{Log: c.log}),
		Insert: s.insert, Remove: s.remove, Inserted: s.inserted, Close: s.close,
		Socket: r.Socket(), Module: modules[0],
	}, nil
}

// readerSlot is the demo's card in a virtual reader.
type readerSlot struct {
	cards  Cards
	reader *reader.Reader

	mu   sync.Mutex
	card *virtual.Card // nil: not in
}

func (s *readerSlot) insert(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader.Occupied() {
		return virtual.ErrOccupied
	}
	if err := s.take(); err != nil { // one that a fault script pulled
		return err
	}
	c, err := virtual.Open(ctx, filepath.Join(s.cards.dir, cardName+".card"), s.cards.device)
	if err != nil {
		return err
	}
	player := fault.NewPlayer(s.cards.faults)
	backend := applet.OldClients{Backend: virtual.NewPIV(c, s.cards.faults.Expired(), s.cards.log)}
	chip := applet.New(backend, applet.Options{})
	if err := s.reader.Insert(ctx, player.Chip(chip)); err != nil {
		return errors.Join(err, c.Close())
	}
	s.card = c
	return nil
}

func (s *readerSlot) remove(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.take()
}

// take takes the card out, if there is one. It wants s.mu held.
func (s *readerSlot) take() error {
	if s.card == nil {
		return nil
	}
	s.reader.Remove()
	err := s.card.Close()
	s.card = nil
	return err
}

func (s *readerSlot) inserted() bool { return s.reader.Occupied() }

func (s *readerSlot) close() error {
	err := s.remove(context.Background())
	return errors.Join(err, s.reader.Close())
}
