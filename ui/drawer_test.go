package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// fakeDrawer is a drawer in memory: the real one is a whole bench.
type fakeDrawer struct {
	mu      sync.Mutex
	p       view.Practice
	did     []string
	refuses error
	changed chan struct{}
}

func newFakeDrawer() *fakeDrawer {
	d := &fakeDrawer{changed: make(chan struct{}, 1), p: view.Practice{Passcode: "482915", PUK: "20481734"}}
	for i := range 10 {
		d.p.Cards = append(d.p.Cards, view.PracticeCard{
			Name: fmt.Sprint("card", i), Label: "Bartholomew Quick", Kind: view.PracticeKind(i % 8), Roles: 500, Ends: time.Date(2026, 9, 25, 0, 0, 0, 0, time.Local),
		})
	}
	return d
}

func (d *fakeDrawer) note(format string, args ...any) error {
	d.did = append(d.did, fmt.Sprintf(format, args...))
	return d.refuses
}

func (d *fakeDrawer) Stands() view.Practice {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.p
}

func (d *fakeDrawer) Insert(_ context.Context, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.p.In = name
	return d.note("in %s", name)
}

func (d *fakeDrawer) Remove(context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.p.In = ""
	return d.note("out")
}

func (d *fakeDrawer) SetFault(_ context.Context, f view.PracticeFault, on bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.p.On = slices.DeleteFunc(slices.Clone(d.p.On), func(o view.PracticeFault) bool { return o == f })
	if on {
		d.p.On = append(d.p.On, f)
	}
	return d.note("%d %v", f, on)
}

func (d *fakeDrawer) Changes() <-chan struct{} { return d.changed }

func openDrawer(t *testing.T, d Drawer, l words.Language, p theme.Palette, scale float32) *drawerWindow {
	t.Helper()
	s := New(test.NewTempApp(t), Config{
		Words: words.In(l), Look: theme.NewLook(p, scale), Log: slog.New(slog.DiscardHandler), Now: time.Now, Drawer: d,
	})
	s.drawer.open()
	return s.drawer
}

// do carries out what was asked for, as run does.
func (d *drawerWindow) do(t *testing.T) {
	t.Helper()
	for _, a := range d.take() {
		d.undone = a(t.Context(), d.s.c.Drawer) != nil
	}
	d.show()
}

func (d *drawerWindow) press(n fyne.KeyName) {
	if f := d.frame.window.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: n})
		return
	}
	d.key(&fyne.KeyEvent{Name: n})
}

// TestDrawerByKeyboard goes through the whole window without a mouse.
func TestDrawerByKeyboard(t *testing.T) {
	f := newFakeDrawer()
	d := openDrawer(t, f, words.English, theme.Light(), 1)
	for _, step := range []struct {
		keys []fyne.KeyName
		did  []string
		at   int
	}{
		{[]fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn}, []string{"out", "in card1"}, 1},
		{[]fyne.KeyName{fyne.KeyReturn}, []string{"out"}, 1},
		{[]fyne.KeyName{fyne.KeyUp, fyne.KeyUp, fyne.KeySpace}, []string{"out", "in card0"}, 0},
		{[]fyne.KeyName{fyne.KeyEscape}, []string{"out"}, 0},
		{[]fyne.KeyName{fyne.KeyEnd, fyne.KeySpace}, []string{"3 true"}, 13},
		{[]fyne.KeyName{fyne.KeyLeft, fyne.KeyLeft, fyne.KeyReturn}, []string{"2 true"}, 11},
		{[]fyne.KeyName{fyne.KeyUp, fyne.KeyUp, fyne.KeySpace}, []string{"0 true"}, 10}, // no card goes in without a reader
		{[]fyne.KeyName{fyne.KeyHome, fyne.KeyRight, fyne.KeySpace}, []string{"2 false"}, 11},
		{[]fyne.KeyName{fyne.KeyHome, fyne.KeyDown}, nil, 1},
	} {
		f.did = nil
		for _, k := range step.keys {
			d.press(k)
		}
		d.do(t)
		if !slices.Equal(f.did, step.did) || d.at() != step.at || !d.stops[d.at()].Lit() {
			t.Errorf("%v: did %q at %d, want %q at %d", step.keys, f.did, d.at(), step.did, step.at)
		}
	}
}

// TestDrawerBehindAnother is redrawn with the focus where it was, and no ring:
// the keys go to the window in front.
func TestDrawerBehindAnother(t *testing.T) {
	d := openDrawer(t, newFakeDrawer(), words.English, theme.Light(), 1)
	d.press(fyne.KeyDown)
	d.stops[0].FocusLost() // as the toolkit does when another window comes
	d.show()
	if d.at() != 0 || d.stops[0].Lit() {
		t.Errorf("the focus is at %d, the ring is seen: %v", d.at(), d.stops[0].Lit())
	}
	d.stops[0].FocusGained()
	d.show()
	if d.at() != 0 || !d.stops[0].Lit() {
		t.Errorf("back in front: the focus is at %d, the ring is seen: %v", d.at(), d.stops[0].Lit())
	}
}

func TestDrawerThatRefuses(t *testing.T) {
	f := newFakeDrawer()
	f.refuses = errors.New("the port is taken")
	d := openDrawer(t, f, words.English, theme.Light(), 1)
	before := d.frame.scroll.Content.MinSize().Height
	d.press(fyne.KeyEnd)
	d.press(fyne.KeySpace)
	d.do(t)
	if now := d.frame.scroll.Content.MinSize().Height; now <= before {
		t.Error("nothing is said of it")
	}
}

// TestDrawerKeepsRoomForTheCards holds that the switches below leave some.
func TestDrawerKeepsRoomForTheCards(t *testing.T) {
	for _, l := range []words.Language{words.English, words.Welsh} {
		for _, scale := range []float32{1, 1.5, 2} {
			f := newFakeDrawer()
			f.p.On = []view.PracticeFault{view.SlowNetwork, view.ServerAway, view.PullInTheMiddle}
			f.p.In, f.p.Pulled = "card2", true
			if d := openDrawer(t, f, l, theme.Light(), scale); d.frame.scroll == nil || d.frame.scroll.Size().Height < 200 {
				t.Errorf("%s, %v: too little room for the cards", l, scale)
			}
		}
	}
}
