package virtual_test

import (
	"context"
	"crypto"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/card/virtual/fault"
)

func drawer(t *testing.T) *virtual.Drawer {
	t.Helper()
	d := virtual.NewDrawer(t.TempDir(), deviceKey{1}, new(card.Generations), slog.New(slog.DiscardHandler))
	put(t, d, "osei")
	return d
}

func put(t *testing.T, d *virtual.Drawer, name string) {
	t.Helper()
	path, err := d.Path(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := virtual.Create(t.Context(), path, deviceKey{1}, aSpec(t, virtual.P256))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

// watch collects events until the test ends; the test runs in a bubble, so
// synctest.Wait is when all of them arrived.
func watch(t *testing.T, d *virtual.Drawer) *[]card.Event {
	t.Helper()
	var got []card.Event
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(t.Context()))
	why := errors.New("enough")
	done := make(chan error)
	go func() { done <- d.Watch(ctx, func(ev card.Event) { got = append(got, ev) }) }()
	t.Cleanup(func() {
		cancel(why)
		if err := <-done; !errors.Is(err, why) {
			t.Errorf("watch ended with %v", err)
		}
	})
	return &got
}

func wantKinds(t *testing.T, got []card.Event, kinds ...card.EventKind) {
	t.Helper()
	if len(got) != len(kinds) {
		t.Fatalf("events %v, want %v", got, kinds)
	}
	for i, k := range kinds {
		if got[i].Kind != k {
			t.Errorf("event %d is %v, want %v", i, got[i].Kind, k)
		}
	}
}

func TestDrawerEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drawer(t)
		first := watch(t, d)
		synctest.Wait()
		wantKinds(t, *first, card.ServiceUp, card.ReaderAdded)
		for range 2 {
			if err := d.Insert(t.Context(), "osei", nil); err != nil {
				t.Fatal(err)
			}
			d.Remove()
		}
		d.Remove() // empty already: nothing happens
		if err := d.Insert(t.Context(), "osei", nil); err != nil {
			t.Fatal(err)
		}
		second := watch(t, d)
		synctest.Wait()
		wantKinds(t, *first, card.ServiceUp, card.ReaderAdded,
			card.Inserted, card.Removed, card.Inserted, card.Removed, card.Inserted)
		wantKinds(t, *second, card.ServiceUp, card.ReaderAdded, card.Inserted)
		in := (*first)[2]
		if in.Reader != virtual.DrawerName || in.Gen != 1 || (*first)[3].Gen != 1 || (*first)[4].Gen != 2 || (*second)[2].Gen != 3 {
			t.Errorf("events %v", *first)
		}
		var check byte
		for _, b := range in.ATR[1:] {
			check ^= b
		}
		if len(in.ATR) > card.MaxATR || check != 0 {
			t.Errorf("answer to reset %v", in.ATR)
		}
	})
}

func TestDrawerOpens(t *testing.T) {
	d := drawer(t)
	if _, err := d.Open(t.Context(), card.Event{Kind: card.Inserted, Reader: "Another reader", Gen: 1}); !errors.Is(err, card.ErrUnsupported) {
		t.Errorf("another reader's card: %v", err)
	}
	ev := card.Event{Kind: card.Inserted, Reader: virtual.DrawerName, Gen: 1}
	if _, err := d.Open(t.Context(), ev); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("empty drawer: %v", err)
	}
	if err := d.Insert(t.Context(), "osei", nil); err != nil {
		t.Fatal(err)
	}
	if d.Inserted() != "osei" {
		t.Errorf("in is %q", d.Inserted())
	}
	tok, err := d.Open(t.Context(), ev)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tok.Close() }()
	if _, err := tok.Keys(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.Remove()
	if _, err := tok.Keys(t.Context()); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("after removal: %v", err)
	}
	if _, err := d.Open(t.Context(), ev); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("an old generation: %v", err)
	}
}

// TestScriptPullsFromDrawer: a card pulled by its script leaves the drawer too.
func TestScriptPullsFromDrawer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drawer(t)
		s, err := fault.Parse([]byte("at sign 1 pull"))
		if err != nil {
			t.Fatal(err)
		}
		p := fault.NewPlayer(s)
		events := watch(t, d)
		if err := d.Insert(t.Context(), "osei", p); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		tok, err := d.Open(t.Context(), (*events)[2])
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tok.Close() }()
		keys, err := tok.Keys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		src, wipe := card.OnePIN(secret(thePIN))
		defer wipe()
		if _, err := tok.Sign(t.Context(), keys[0], make([]byte, 32), crypto.SHA256, src); !errors.Is(err, card.ErrRemoved) {
			t.Errorf("signing: %v", err)
		}
		synctest.Wait()
		wantKinds(t, *events, card.ServiceUp, card.ReaderAdded, card.Inserted, card.Removed)
		if d.Inserted() != "" {
			t.Error("card is still in")
		}
		if p.Tally() != (fault.Tally{Accepted: 1}) {
			t.Errorf("%+v", p.Tally())
		}
	})
}

func TestDrawerRefuses(t *testing.T) {
	d := drawer(t)
	for _, name := range []string{"", "../osei", "a/b", `a\b`, ".osei", "c:osei"} {
		if err := d.Insert(t.Context(), name, nil); !errors.Is(err, virtual.ErrName) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if err := d.Insert(t.Context(), "nobody", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no such card: %v", err)
	}
	if err := d.Insert(t.Context(), "osei", nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Insert(t.Context(), "osei", nil); !errors.Is(err, virtual.ErrOccupied) {
		t.Errorf("second card: %v", err)
	}
}

func TestDrawerLists(t *testing.T) {
	empty := virtual.NewDrawer(filepath.Join(t.TempDir(), "none"), deviceKey{1}, new(card.Generations), slog.New(slog.DiscardHandler))
	if l, err := empty.List(); err != nil || len(l) != 0 {
		t.Errorf("no folder: %v, %v", l, err)
	}
	d := drawer(t)
	put(t, d, "patel")
	path, err := d.Path("broken")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("LANYARD CARD"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := d.List()
	if err != nil || len(l) != 3 {
		t.Fatalf("%v, %v", l, err)
	}
	if l[0].Name != "broken" || !errors.Is(l[0].Err, virtual.ErrDamaged) {
		t.Errorf("%+v", l[0])
	}
	if l[1].Name != "osei" || l[1].Label != "Dr Amara Osei" || len(l[1].Pairs) != 2 || len(l[1].ID) != 32 || l[1].Err != nil {
		t.Errorf("%+v", l[1])
	}
}
