package ui

import (
	"log/slog"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lanyard/broker/agent"
	"lanyard/ui/theme"
	"lanyard/ui/words"
)

// TestRolesAreWalkedWhileTheSearchHasTheFocus holds the keys of the list: they
// move the choice, letters search, and Escape never signs out.
func TestRolesAreWalkedWhileTheSearchHasTheFocus(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.ChoosingRole, 1, roles(500)))
	r := h.s.prompt.roles
	for _, c := range []struct {
		key  fyne.KeyName
		want string
	}{
		{fyne.KeyEnd, "499"},
		{fyne.KeyDown, "499"},
		{fyne.KeyHome, "0"},
		{fyne.KeyUp, "0"},
		{fyne.KeyDown, "1"},
		{fyne.KeyPageDown, "5"},
		{fyne.KeyPageUp, "1"},
	} {
		h.press(c.key)
		if row, ok := r.list.Chosen(); !ok || string(row.ID) != c.want {
			t.Errorf("%s: role %s, want %s", c.key, row.ID, c.want)
		}
		if h.s.prompt.frame.window.Canvas().Focused() != fyne.Focusable(r.search) {
			t.Fatalf("%s: the search has lost the focus", c.key)
		}
	}
	h.typing("role 42")
	h.press(fyne.KeyEscape)
	if r.typed != "" || !h.s.prompt.frame.shown {
		t.Error("Escape does not clear the search alone")
	}
	h.press(fyne.KeyEscape)
	h.want("")
}

// BenchmarkRoleLetter is from a letter in the search of 500 roles to the rows
// that are left, without the drawing.
func BenchmarkRoleLetter(b *testing.B) {
	s := New(test.NewApp(), Config{Look: theme.NewLook(theme.Light(), 1), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	s.show(in(agent.ChoosingRole, 1, roles(500)))
	p := s.prompt
	for on := true; b.Loop(); on = !on {
		text := "4"
		if !on {
			text = "42"
		}
		p.search(text)
		if _, ok := p.roles.list.Chosen(); !ok {
			b.Fatal("no role is left")
		}
	}
}

// TestRolesShowAsManyAsFit: a window scrolls its list only where it has no room
// for all of it, whatever the size of the text.
func TestRolesShowAsManyAsFit(t *testing.T) {
	for _, c := range []struct {
		scale float32
		roles int
		rows  int
	}{
		{1, 3, 3}, {1, 5, 5}, {1, 500, 5}, {1.5, 3, 3}, {2, 2, 2}, {2, 3, 3}, {2, 500, 2},
	} {
		h := newHand(t, words.English, theme.Light(), c.scale)
		h.s.show(in(agent.ChoosingRole, 1, roles(c.roles)))
		if got := h.s.prompt.roles.list.Least(); got != c.rows {
			t.Errorf("%d roles at %v: %d rows, want %d", c.roles, c.scale, got, c.rows)
		}
		if f := h.s.prompt.frame; f.scroll != nil || f.height > tallest {
			t.Errorf("%d roles at %v: the window scrolls", c.roles, c.scale)
		}
	}
}
