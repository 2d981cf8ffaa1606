package fault

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"lanyard/card"
)

// bulb is a chip that tells what was done to it.
type bulb struct{ done []string }

func (b *bulb) ATR() []byte { return []byte{0x3B, 0x00} }
func (b *bulb) PowerOn()    { b.done = append(b.done, "on") }
func (b *bulb) PowerOff()   { b.done = append(b.done, "off") }
func (b *bulb) Reset()      { b.done = append(b.done, "reset") }

func (b *bulb) Transmit(_ context.Context, command []byte) ([]byte, error) {
	b.done = append(b.done, CommandOf(command).String())
	return []byte{0x90, 0x00}, nil
}

func TestChip(t *testing.T) {
	verify := []byte{0, 0x20, 0, 0x80, 1, '1'}
	for _, c := range []struct {
		script string
		done   string
		answer bool
		is     error
	}{
		{"", "verify", true, nil},
		{"at 1 pull", "", false, card.ErrRemoved},
		{"at 1 pull after", "verify", false, card.ErrRemoved},
		{"at 1 reset", "reset verify", true, nil},
		{"at 1 reset after", "verify reset verify", true, nil},
		{"at 1 answer 6F00", "", true, nil},
	} {
		b := &bulb{}
		out, err := player(t, c.script).Chip(b).Transmit(t.Context(), verify)
		got := ""
		for i, d := range b.done {
			if i > 0 {
				got += " "
			}
			got += d
		}
		if got != c.done || (len(out) == 2) != c.answer || !errors.Is(err, c.is) {
			t.Errorf("%q: did %q, answered %X, %v", c.script, got, out, err)
		}
	}
}

func TestMuteChip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("power cut")
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan error)
		go func() {
			_, err := player(t, "every mute").Chip(&bulb{}).Transmit(ctx, []byte{0, 0xA4, 4, 0})
			done <- err
		}()
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("a mute card answered: %v", err)
		default:
		}
		cancel(gone)
		if err := <-done; !errors.Is(err, gone) {
			t.Error(err)
		}
	})
}
