package card_test

import (
	"context"
	"errors"
	"testing"

	"lanyard/card"
)

// answers is a source that says one thing after the other.
type answers struct {
	say   []error // nil gives a PIN
	pin   *card.PIN
	asked []card.PINPrompt
}

func (a *answers) PIN(_ context.Context, p card.PINPrompt) (*card.PIN, error) {
	err := a.say[len(a.asked)]
	a.asked = append(a.asked, p)
	if err != nil {
		return nil, err
	}
	return a.pin, nil
}

func TestOnKeypad(t *testing.T) {
	begun := 0
	src := card.OnKeypad(func() { begun++ })
	for n := 1; n <= 2; n++ {
		pin, err := src.PIN(t.Context(), card.PINPrompt{})
		if pin != nil || !errors.Is(err, card.ErrOnKeypad) || begun != n {
			t.Errorf("PIN %v, %v; begun %d times", pin, err, begun)
		}
	}
}

// The first entry was asked for already. Each further one is asked for anew,
// with no tries, because the one before was right.
func TestEntries(t *testing.T) {
	told := card.PINPrompt{Token: "t", Label: "Dr Osei", Retries: 1, Last: true, Count: 3}
	src := &answers{say: []error{card.ErrOnKeypad, card.ErrCancelled}}
	e := card.NewEntries(src, told)
	for i, want := range []error{nil, nil, card.ErrCancelled} {
		if err := e.Next(t.Context(), 3-i); !errors.Is(err, want) {
			t.Errorf("entry %d: %v, want %v", i, err, want)
		}
	}
	if want := (card.PINPrompt{Token: "t", Label: "Dr Osei", Retries: -1, Count: 2}); len(src.asked) != 2 || src.asked[0] != want {
		t.Errorf("asked %+v, want %+v and one more", src.asked, want)
	}
}

// A PIN that comes where the reader was to wait is not used, and ends it.
func TestEntriesOfAFickleSource(t *testing.T) {
	pin := card.CopyPIN([]byte("123456"))
	e := card.NewEntries(&answers{say: []error{nil}, pin: pin}, card.PINPrompt{})
	if err := e.Next(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if err := e.Next(t.Context(), 1); err == nil || pin.Len() != 0 {
		t.Errorf("%v; the PIN has %d octets left", err, pin.Len())
	}
}

// The reader does not begin to wait for a caller who has gone.
func TestEntriesAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(card.ErrRemoved)
	src := &answers{say: []error{card.ErrOnKeypad}}
	e := card.NewEntries(src, card.PINPrompt{})
	for range 2 {
		if err := e.Next(ctx, 1); !errors.Is(err, card.ErrRemoved) {
			t.Errorf("%v, want %v", err, card.ErrRemoved)
		}
	}
}
