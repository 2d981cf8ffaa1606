package pkcs11

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/pcsc"
	"lanyard/card/virtual/reader"
)

// TestOnRealPcscd: the watcher's events, the module and the reset by which the
// PIN state is dropped, on the real reader service.
func TestOnRealPcscd(t *testing.T) {
	r, err := reader.Start(t.Context(), reader.Config{})
	must(t, err)
	t.Cleanup(func() { must(t, r.Close()) })
	must(t, os.Symlink(r.Socket(), ownSocket))
	t.Cleanup(func() { must(t, os.Remove(ownSocket)) })
	o := newOpener(t, Config{
		Module: installed(t, "OpenSC"),
		Drop: func(ctx context.Context, r card.ReaderID) error {
			c, err := pcsc.Connect(ctx, r, 0)
			if err != nil {
				return err
			}
			return c.Disconnect(true)
		},
	})
	next := watch(t)

	insert := func() *plastic {
		p := newPlastic(t, keys["P-256"])
		must(t, r.Insert(t.Context(), p.applet))
		return p
	}
	c := insert()
	tok, err := o.Open(t.Context(), next(card.Inserted))
	must(t, err)
	for _, p := range []card.Purpose{card.Authentication, card.ContentCommitment} {
		must(t, signAs(t.Context(), t, tok, p, nothing))
		if c.pin().Up {
			t.Errorf("%v: the PIN state is up", p)
		}
	}
	r.Remove()
	next(card.Removed)
	if err := signAs(t.Context(), t, tok, card.Authentication, nothing); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("card that is out: %v", err)
	}
	must(t, tok.Close())

	insert()
	other, err := o.Open(t.Context(), next(card.Inserted))
	must(t, err)
	if other.ID() == tok.ID() {
		t.Error("the second card has the first one's identity")
	}
	must(t, signAs(t.Context(), t, other, card.Authentication, nothing))
}

// watch watches the readers and returns a function that waits for an event of
// a kind.
func watch(t *testing.T) func(card.EventKind) card.Event {
	t.Helper()
	events, done := make(chan card.Event, 100), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	w := pcsc.NewWatcher(newOpener(t, Config{}).c.Log, &card.Generations{})
	go func() {
		defer close(done)
		_ = w.Watch(ctx, func(ev card.Event) { events <- ev })
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return func(k card.EventKind) card.Event {
		t.Helper()
		late := time.NewTimer(20 * time.Second)
		defer late.Stop()
		for {
			select {
			case ev := <-events:
				if ev.Kind == k {
					return ev
				}
			case <-late.C:
				t.Fatalf("no event %v", k)
			}
		}
	}
}
