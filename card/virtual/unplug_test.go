package virtual_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"lanyard/card"
	"lanyard/card/virtual"
)

// TestDrawerUnplugged takes the reader away with a card in it: the card is out
// first, none goes in meanwhile, and what comes back is empty.
func TestDrawerUnplugged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drawer(t)
		got := watch(t, d)
		if err := d.Insert(t.Context(), "osei", nil); err != nil {
			t.Fatal(err)
		}
		d.Unplug()
		d.Unplug()
		if err := d.Insert(t.Context(), "osei", nil); !errors.Is(err, virtual.ErrUnplugged) || d.Inserted() != "" {
			t.Errorf("a card in no reader: %v, %q is in", err, d.Inserted())
		}
		late := watch(t, d)
		d.Plug()
		d.Plug()
		if err := d.Insert(t.Context(), "osei", nil); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		wantKinds(t, *got, card.ServiceUp, card.ReaderAdded, card.Inserted, card.Removed, card.ReaderRemoved, card.ReaderAdded, card.Inserted)
		wantKinds(t, *late, card.ServiceUp, card.ReaderAdded, card.Inserted)
	})
}
