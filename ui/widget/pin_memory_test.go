package widget

import (
	"bytes"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lanyard/card"
	"lanyard/ui/theme"
)

// TestPINLeavesNothingBehind holds that the field's own octets are zero after
// each way out, and that what it hands out is wiped whole.
func TestPINLeavesNothingBehind(t *testing.T) {
	test.NewTempApp(t)
	var none [card.MaxPIN]byte
	for name, out := range map[string]func(*PIN){
		"wipe":   (*PIN).Wipe,
		"take":   func(p *PIN) { p.Take().Wipe() },
		"escape": func(p *PIN) { p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) },
		"backspace": func(p *PIN) {
			for range 8 {
				p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
			}
		},
	} {
		p := NewPIN(theme.NewLook(theme.Light(), 1), time.Now)
		test.Type(p, "73914608")
		if string(p.octets[:]) != "73914608" {
			t.Fatalf("%s: the test sees %q", name, p.octets)
		}
		out(p)
		if p.octets != none || p.n != 0 {
			t.Errorf("%s leaves %q", name, p.octets)
		}
	}
	p := NewPIN(theme.NewLook(theme.Light(), 1), time.Now)
	test.Type(p, "739146")
	pin := p.Take()
	octets := pin.Octets()
	pin.Wipe()
	if !bytes.Equal(octets[:cap(octets)], make([]byte, cap(octets))) {
		t.Errorf("what was handed out leaves %q", octets[:cap(octets)])
	}
}

// TestPINHasNoWayOut holds that nothing of the toolkit's can copy the field.
func TestPINHasNoWayOut(t *testing.T) {
	a := test.NewTempApp(t)
	a.Clipboard().SetContent("what was there before")
	p := NewPIN(theme.NewLook(theme.Light(), 1), time.Now)
	w := test.NewTempWindow(t, p)
	w.Canvas().Focus(p)
	test.Type(p, "739146")
	if _, ok := any(p).(fyne.Shortcutable); ok {
		t.Error("it takes shortcuts: copy, cut, paste, select all, undo")
	}
	if _, ok := any(p).(interface{ SelectedText() string }); ok {
		t.Error("it has a selection")
	}
	if _, ok := any(p).(fyne.SecondaryTappable); ok {
		t.Error("it has a menu")
	}
	for _, k := range []fyne.KeyName{fyne.KeyInsert, fyne.KeyF10, fyne.KeyC, fyne.KeyX} {
		p.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if got := a.Clipboard().Content(); got != "what was there before" {
		t.Errorf("the clipboard holds %q", got)
	}
}
