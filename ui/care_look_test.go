package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lanyard/broker/agent"
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

// TestCareFits draws each page in both languages at both ends of the sizes.
func TestCareFits(t *testing.T) {
	shots := map[string]agent.Snapshot{
		"card": cared(1), "locked": cared(1, stuck), "none": {Phase: agent.NoCard}, "reading": in(agent.Reading, 1),
		"busy": cared(1, care(func(k *agent.Care) { k.Busy = agent.PINChange })),
		"keys": cared(1, keys, care(func(k *agent.Care) { *k = agent.Care{} })),
	}
	asks := []view.CareAsk{
		{Details: true},
		{},
		{Form: agent.PINChange},
		{Form: agent.CardUnblock, Left: true},
		{Form: agent.PINChange, Slip: view.Slip{Field: 2, Why: words.CareSlipAgain}},
	}
	for _, l := range []words.Language{words.English, words.Welsh} {
		for _, p := range []theme.Palette{theme.Light(), theme.Contrast()} {
			for _, scale := range []float32{1, 2} {
				h := newHand(t, l, p, scale)
				h.s.to.later = func(func()) {} // nobody turns to another window here
				h.s.act(view.ShowCare)
				for name, s := range shots {
					h.s.show(s)
					for _, a := range asks {
						h.s.care.ask = a
						h.s.care.show(s)
						f := h.s.care.frame
						if need, is := f.root.MinSize().Width, f.window.Canvas().Size().Width; need > is+0.5 {
							t.Errorf("%s, %s, %v: %s %+v is %.0f wide and needs %.0f", l, p.Name, scale, name, a, is, need)
						}
					}
				}
			}
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
