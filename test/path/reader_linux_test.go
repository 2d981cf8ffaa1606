package path_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/pcsc"
	"lanyard/card/piv"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/fault"
	"lanyard/test/realmtest"
)

// readerSlot is a slot behind PC/SC: libpcsclite and the look-alike of pcscd,
// with the real PIV applet at the reader's contacts.
type readerSlot struct {
	*pcsc.Watcher
	*piv.Opener
	service *pcscd.Daemon
	reader  string
	dir     string
	device  *virtual.Device

	mu    sync.Mutex
	name  string        // of the card that is in, "" for none
	card  *virtual.Card // the last one that was in
	signs int           // signatures the card was asked for since it went in
}

// readerDesk is a desk whose cards go into a PC/SC reader.
func readerDesk(t *testing.T, r *realmtest.Realm, reader string, uids ...broker.UID) (*desk, *readerSlot) {
	t.Helper()
	s := &readerSlot{dir: filepath.Join(t.TempDir(), "cards"), device: r.Device, reader: reader}
	for i, uid := range uids {
		r.Card(t, s.dir, cardOf(i), uid)
	}
	var err error
	if s.service, err = pcscd.Start(readerService()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	if err := s.service.AddReader(reader); err != nil {
		t.Fatal(err)
	}
	s.service.OnTransmit(s.seen)
	s.Watcher = pcsc.NewWatcher(discard, new(card.Generations))
	s.Opener = piv.NewOpener(piv.ConnectFunc(func(ctx context.Context, ev card.Event) (piv.Transport, error) {
		conn, err := pcsc.Connect(ctx, ev.Reader, ev.Gen)
		if err != nil {
			return nil, fmt.Errorf("connect to the card: %w", err)
		}
		return conn, nil
	}), piv.Options{Log: discard})
	return newDesk(t, r, s, agent.Normal), s
}

func (s *readerSlot) close() {
	s.service.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.card != nil {
		_ = s.card.Close()
	}
}

func (s *readerSlot) seen(_ string, apdu []byte) {
	if fault.CommandOf(apdu) == fault.Sign {
		s.mu.Lock()
		s.signs++
		s.mu.Unlock()
	}
}

// Insert puts a card in, which does wrong what the player says.
func (s *readerSlot) Insert(ctx context.Context, name string, p *fault.Player) error {
	c, err := virtual.Open(ctx, filepath.Join(s.dir, name+".card"), s.device)
	if err != nil {
		return err
	}
	chip := applet.New(virtual.NewPIV(c, false, discard), applet.Options{})
	faulty := p.Chip(chip)
	p.Attach(s.Remove, chip.Reset)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.name != "" {
		return errors.Join(virtual.ErrOccupied, c.Close())
	}
	if s.card != nil {
		err = s.card.Close()
	}
	s.name, s.card, s.signs = name, c, 0
	return errors.Join(err, s.service.Insert(s.reader, pcscd.FromChip(context.WithoutCancel(ctx), faulty)))
}

// Remove takes the card out.
func (s *readerSlot) Remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.name != "" {
		s.name = ""
		_ = s.service.Remove(s.reader) // it is in
	}
}

// Inserted returns the name of the card that is in.
func (s *readerSlot) Inserted() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.name
}

func (s *readerSlot) signatures() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signs
}
