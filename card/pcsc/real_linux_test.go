package pcsc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/virtual/reader"
)

// onPcscd is the contract's third stand: the watcher and a connection on the
// real service.
const onPcscd = "watcher on pcscd"

func TestWatcherAndConnectionOnPcscd(t *testing.T) {
	want := []string{
		"service-up", "reader-added", "reader-added",
		"inserted 1 3B 80 80 01 01", "keys on the reader: false", "answer 90 00", "removed 1",
		"taken out: true",
		"inserted 2 3B 80 80 01 01", "removed 2", "reader-removed", "reader-removed", "service-down",
	}
	if got := play(t, onPcscd); !slices.Equal(got, want) {
		t.Errorf("events %q\nwant   %q", got, want)
	}
}

// watchOnPcscd plays the part of the child.
func watchOnPcscd(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, err := reader.Start(ctx, reader.Config{Name: slotName, Dir: dir})
	if err != nil {
		return err
	}
	if err := os.Setenv(pcscd.SocketEnv, r.Socket()); err != nil {
		return err
	}
	events := make(chan card.Event, 100)
	go func() {
		defer close(events)
		_ = NewWatcher(slog.New(slog.DiscardHandler), &card.Generations{}).Watch(ctx, func(ev card.Event) { events <- ev })
	}()
	desk := realDesk{r: r}
	for ev := range events {
		fmt.Println(describe(ev))
		if ev.Kind == card.ServiceDown {
			return nil
		}
		if err := desk.on(ctx, ev); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

func describe(ev card.Event) string {
	switch ev.Kind {
	case card.Inserted:
		return fmt.Sprintf("%v %d %v", ev.Kind, ev.Gen, ev.ATR)
	case card.Removed:
		return fmt.Sprintf("%v %d", ev.Kind, ev.Gen)
	default:
		return ev.Kind.String()
	}
}

// realDesk is what happens at the reader: a card is put in, used, pulled and
// put in again; then the service ends.
type realDesk struct {
	r    *reader.Reader
	conn *Conn
}

func (d *realDesk) on(ctx context.Context, ev card.Event) error {
	switch {
	case ev.Kind == card.ReaderAdded && ev.Reader == card.ReaderID(d.r.Name()):
		return d.r.Insert(ctx, plainCard{plainATR})
	case ev.Kind == card.Inserted && ev.Gen == 1:
		conn, err := Connect(ctx, ev.Reader, ev.Gen)
		if err != nil {
			return err
		}
		d.conn = conn
		_, keys, err := conn.Keypad(ctx)
		if err != nil {
			return err
		}
		fmt.Println("keys on the reader:", keys)
		answer, err := conn.Transmit(ctx, []byte{0, 0xCA, 0, 0})
		fmt.Printf("answer % X\n", answer)
		d.r.Remove()
		return err
	case ev.Kind == card.Removed && ev.Gen == 1:
		_, err := d.conn.Transmit(ctx, []byte{0, 0xCA, 0, 0})
		fmt.Println("taken out:", errors.Is(err, card.ErrRemoved))
		return errors.Join(d.conn.Disconnect(true), d.r.Insert(ctx, plainCard{plainATR}))
	case ev.Kind == card.Inserted:
		return d.r.Close()
	default:
		return nil
	}
}
