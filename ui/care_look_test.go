package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
	"lanyard/ui/words"
)

// TestCareByTab goes round each page: every control is reached, has a name, and
// shows that it has the focus.
func TestCareByTab(t *testing.T) {
	for name, a := range map[string]view.Action{"card": view.NoAction, "change": view.ChangePasscode, "unblock": view.UnlockCard} {
		c := lookAtCard(t, cared(1), view.ShowCare)
		if a != view.NoAction {
			c.s.care.act(a)
		}
		all := stops(c.s.care.frame.root)
		if len(all) < 4 {
			t.Fatalf("%s: only %d controls", name, len(all))
		}
		c.canvas().Focus(all[0])
		for i := range all {
			if c.canvas().Focused() != all[i] {
				t.Errorf("%s: at %d the focus is not in reading order", name, i)
			}
			if l, ok := all[i].(fyne.Accessible); !ok || l.AccessibilityLabel() == "" {
				t.Errorf("%s: %T has no name", name, all[i])
			}
			with := test.RenderObjectToMarkup(all[i].(fyne.CanvasObject))
			c.canvas().FocusNext()
			c.turn()
			if without := test.RenderObjectToMarkup(all[i].(fyne.CanvasObject)); with == without {
				t.Errorf("%s: nothing shows that %T has the focus", name, all[i])
			}
		}
		if c.canvas().Focused() != all[0] {
			t.Errorf("%s: Tab does not come round", name)
		}
	}
}

// TestFieldThatHasTheFocusIsInSight: at 200 % the form scrolls.
func TestFieldThatHasTheFocusIsInSight(t *testing.T) {
	h := newHand(t, words.Welsh, theme.Light(), 2)
	h.s.to.later = func(func()) {}
	h.s.show(cared(1))
	h.s.act(view.ShowCare)
	h.s.care.act(view.ChangePasscode)
	f := h.s.care.frame
	if f.scroll == nil {
		t.Fatal("the form does not scroll, and this test tests nothing")
	}
	d := fyne.CurrentApp().Driver()
	for i, field := range h.s.care.fields {
		f.window.Canvas().Focus(field)
		top := d.AbsolutePositionForObject(field).Y - d.AbsolutePositionForObject(f.scroll).Y
		if top < widget.RingRoom || top+field.Size().Height+widget.RingRoom > f.scroll.Size().Height {
			t.Errorf("field %d stands from %.0f to %.0f of %.0f", i+1, top, top+field.Size().Height, f.scroll.Size().Height)
		}
	}
}
