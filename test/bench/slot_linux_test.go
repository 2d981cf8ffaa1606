package bench_test

import (
	"context"
	"path/filepath"
	"testing"

	"lanyard/card"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/pcsc"
	"lanyard/card/piv"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
	"lanyard/test/realmtest"
)

// slot is where a card goes in, and how the agent learns of it.
type slot struct {
	card.Watcher
	card.Opener
	insert func(b *testing.B)
	remove func(b *testing.B)
}

const cardName = "card"

// drawerSlot has the card in this process. The watch counts the time in which
// its file is opened.
func drawerSlot(b *testing.B, r *realmtest.Realm, w *stopwatch) slot {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "cards")
	r.Card(b, dir, cardName, realmtest.OneRole)
	d := virtual.NewDrawer(dir, r.Device, new(card.Generations), silent)
	return slot{
		Watcher: d, Opener: counted{d, w},
		insert: func(b *testing.B) { check(b, d.Insert(b.Context(), cardName, nil)) },
		remove: func(*testing.B) { d.Remove() },
	}
}

// counted counts the time in which a card is opened.
type counted struct {
	card.Opener
	w *stopwatch
}

// Open opens a card.
func (c counted) Open(ctx context.Context, ev card.Event) (card.Token, error) {
	defer c.w.count()()
	return c.Opener.Open(ctx, ev)
}

const readerName = "Bench Reader 00 00"

// readerSlot has the PIV applet behind PC/SC: libpcsclite and the look-alike of
// pcscd. The watch counts the time that is spent at the reader.
func readerSlot(b *testing.B, r *realmtest.Realm, w *stopwatch) slot {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "cards")
	r.Card(b, dir, cardName, realmtest.OneRole)
	c, err := virtual.Open(b.Context(), filepath.Join(dir, cardName+".card"), r.Device)
	check(b, err)
	b.Cleanup(func() { _ = c.Close() })
	service, err := pcscd.Start(readers)
	check(b, err)
	b.Cleanup(service.Stop)
	check(b, service.AddReader(readerName))
	chip := pcscd.FromChip(context.Background(), applet.New(virtual.NewPIV(c, false, silent), applet.Options{}))
	return slot{
		Watcher: pcsc.NewWatcher(silent, new(card.Generations)),
		Opener: piv.NewOpener(piv.ConnectFunc(func(ctx context.Context, ev card.Event) (piv.Transport, error) {
			defer w.count()()
			conn, err := pcsc.Connect(ctx, ev.Reader, ev.Gen)
			if err != nil {
				return nil, err
			}
			return contact{conn, w}, nil
		}), piv.Options{}),
		insert: func(b *testing.B) { check(b, service.Insert(readerName, chip)) },
		remove: func(b *testing.B) { check(b, service.Remove(readerName)) },
	}
}

// contact counts the time that is spent at the reader.
type contact struct {
	piv.Transport
	w *stopwatch
}

// Transmit sends one command.
func (c contact) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	defer c.w.count()()
	return c.Transport.Transmit(ctx, command)
}

// Begin waits for the card.
func (c contact) Begin(ctx context.Context) error {
	defer c.w.count()()
	return c.Transport.Begin(ctx)
}

// End gives the card back to others.
func (c contact) End() {
	defer c.w.count()()
	c.Transport.End()
}
