package widget_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lanyard/ui/widget"
)

// hit presses keys on something that takes them.
func hit(w fyne.Focusable, keys ...fyne.KeyName) {
	for _, k := range keys {
		w.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func TestChoiceByKeyboard(t *testing.T) {
	test.NewTempApp(t)
	var picked []int
	var rest []fyne.KeyName
	c := widget.NewChoice(look(1), "Look", []string{"A", "B", "C"}, 0, 400)
	c.Pick = func(i int) { picked = append(picked, i) }
	c.Keys = func(e *fyne.KeyEvent) { rest = append(rest, e.Name) }
	hit(c, fyne.KeyLeft, fyne.KeyRight, fyne.KeyDown, fyne.KeyRight, fyne.KeyUp, fyne.KeyHome, fyne.KeyEnd, fyne.KeyEscape)
	if want := []int{1, 2, 1, 0, 2}; len(picked) != len(want) || picked[0] != 1 || picked[1] != 2 || picked[2] != 1 || picked[3] != 0 || picked[4] != 2 {
		t.Errorf("picked %v, want %v", picked, want)
	}
	if len(rest) != 1 || rest[0] != fyne.KeyEscape || c.AccessibilityLabel() != "Look: C" {
		t.Errorf("%v %s", rest, c.AccessibilityLabel())
	}
}

func TestChoiceByHand(t *testing.T) {
	w := test.NewTempWindow(t, nil)
	for name, width := range map[string]float32{"side by side": 900, "stacked": 60} {
		c := widget.NewChoice(look(1), "Look", []string{"As the desktop", "Light"}, 0, width)
		w.SetContent(c)
		w.Resize(c.MinSize())
		s := c.Size()
		test.TapAt(c, fyne.NewPos(s.Width-8, s.Height-8))
		if c.AccessibilityLabel() != "Look: Light" {
			t.Errorf("%s: %s", name, c.AccessibilityLabel())
		}
		if stacked := c.MinSize().Height > 60; stacked != (name == "stacked") {
			t.Errorf("%s is %v", name, c.MinSize())
		}
	}
}

func TestCheckRow(t *testing.T) {
	test.NewTempApp(t)
	var set []bool
	c := widget.NewCheckRow(look(1), "Start", widget.Line("Start", widget.Face{Size: 16}), false)
	c.Set = func(on bool) { set = append(set, on) }
	hit(c, fyne.KeySpace, fyne.KeyRight, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyReturn)
	test.Tap(c)
	if want := []bool{true, false, true, false}; len(set) != len(want) || set[0] != want[0] || set[1] != want[1] || set[2] != want[2] || set[3] != want[3] {
		t.Errorf("set %v", set)
	}
}

func TestPicker(t *testing.T) {
	w := test.NewTempWindow(t, nil)
	var picked []int
	p := widget.NewPicker(look(1), "Reader", []string{"Every reader", "A very long name of a reader that does not fit", "C"}, 0, 200)
	p.Pick = func(i int) { picked = append(picked, i) }
	w.SetContent(p)
	w.Resize(fyne.NewSize(400, 400))
	if p.MinSize().Width > 200 {
		t.Errorf("it is %v wide", p.MinSize())
	}
	hit(p, fyne.KeyDown)
	w.Canvas().Focus(p)
	hit(p, fyne.KeySpace)
	list := w.Canvas().Focused()
	if list == fyne.Focusable(p) || w.Canvas().Overlays().Top() == nil {
		t.Fatal("no list opened")
	}
	hit(list, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	if len(picked) != 2 || picked[0] != 1 || picked[1] != 2 || p.AccessibilityLabel() != "Reader: C" {
		t.Errorf("picked %v, %s", picked, p.AccessibilityLabel())
	}
	if w.Canvas().Overlays().Top() != nil || w.Canvas().Focused() != fyne.Focusable(p) {
		t.Error("the list stays, or the focus does not come back")
	}
}

func TestSecretKeepsOctetsOnly(t *testing.T) {
	w := test.NewTempWindow(t, nil)
	s := widget.NewSecret(look(1), "Password")
	w.SetContent(s)
	w.Canvas().Focus(s)
	test.Type(s, "pâss wörd")
	s.TypedRune('\n')
	hit(s, fyne.KeyBackspace)
	if s.Len() != len("pâss wör") {
		t.Errorf("%d octets", s.Len())
	}
	got := s.Take()
	if string(got) != "pâss wör" || s.Len() != 0 {
		t.Errorf("%q, %d left", got, s.Len())
	}
	escaped := 0
	s.Keys = func(e *fyne.KeyEvent) { escaped++ }
	test.Type(s, "x")
	hit(s, fyne.KeyEscape, fyne.KeyEscape)
	if s.Len() != 0 || escaped != 1 {
		t.Errorf("%d octets, escaped %d times", s.Len(), escaped)
	}
	for range 400 {
		s.TypedRune('é')
	}
	if s.Len() != 256 {
		t.Errorf("%d octets are taken", s.Len())
	}
	if s.AccessibilityLabel() != "Password" {
		t.Errorf("it says %s", s.AccessibilityLabel())
	}
}
