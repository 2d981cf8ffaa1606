package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
)

// CheckRow is a row with a box to tick at its end; the whole row is its target.
type CheckRow struct {
	base.BaseWidget
	Set    func(bool)           // it was ticked, or no more
	Keys   func(*fyne.KeyEvent) // keys it does not take; may be nil
	Gained func()               // told that it has the focus now; may be nil

	look    theme.Look
	name    string
	words   fyne.CanvasObject
	on      bool
	focused bool
	hovered bool
}

// NewCheckRow makes a row of words with a box.
func NewCheckRow(l theme.Look, name string, words fyne.CanvasObject, on bool) *CheckRow {
	c := &CheckRow{look: l, name: name, words: words, on: on}
	c.ExtendBaseWidget(c)
	return c
}

// CheckRoom is how much of a row the box takes.
func CheckRoom(l theme.Look) float32 { return l.Control(checkSize) + l.Space(12) }

// checkSize is the box at 100 %.
const checkSize = 24

// Tapped turns it over.
func (c *CheckRow) Tapped(*fyne.PointEvent) { c.turn() }

func (c *CheckRow) turn() {
	c.on = !c.on
	c.Refresh()
	if c.Set != nil {
		c.Set(c.on)
	}
}

// TypedKey turns it over on Space and Enter; arrows change it as they change
// every other choice.
func (c *CheckRow) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeySpace, e.Name == fyne.KeyReturn, e.Name == fyne.KeyEnter,
		c.on && (e.Name == fyne.KeyLeft || e.Name == fyne.KeyUp),
		!c.on && (e.Name == fyne.KeyRight || e.Name == fyne.KeyDown):
		c.turn()
	case c.Keys != nil:
		c.Keys(e)
	}
}

// TypedRune takes none.
func (c *CheckRow) TypedRune(rune) {}

// FocusGained shows the ring.
func (c *CheckRow) FocusGained() {
	c.focused = true
	c.Refresh()
	if c.Gained != nil {
		c.Gained()
	}
}

// FocusLost hides it.
func (c *CheckRow) FocusLost() { c.focused = false; c.Refresh() }

// Lit tells whether the ring is seen.
func (c *CheckRow) Lit() bool { return c.focused }

// MouseIn tints the box.
func (c *CheckRow) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.Refresh() }

// MouseMoved does nothing more.
func (c *CheckRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tint away.
func (c *CheckRow) MouseOut() { c.hovered = false; c.Refresh() }

// AccessibilityLabel is what a screen reader says; the tick is a word there.
func (c *CheckRow) AccessibilityLabel() string {
	if c.on {
		return c.name + " ✓"
	}
	return c.name
}

// AccessibilityRole is the nearest there is.
func (c *CheckRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer draws it.
func (c *CheckRow) CreateRenderer() fyne.WidgetRenderer {
	r := &checkRowRenderer{c: c, box: canvas.NewRectangle(color.Transparent), ring: newRing(c.look), tick: Picture(icon.Tick, c.look.OnBrand, c.look.Control(checkSize-8))}
	r.Refresh()
	return r
}

type checkRowRenderer struct {
	c    *CheckRow
	box  *canvas.Rectangle
	ring *canvas.Rectangle
	tick fyne.CanvasObject
}

// MinSize is the words' and the box beside them.
func (r *checkRowRenderer) MinSize() fyne.Size {
	words, size := r.c.words.MinSize(), r.c.look.Control(checkSize)
	return fyne.NewSize(words.Width+CheckRoom(r.c.look), max(words.Height, size))
}

// Layout puts the box at the end.
func (r *checkRowRenderer) Layout(s fyne.Size) {
	size := r.c.look.Control(checkSize)
	words := r.c.words.MinSize().Height
	r.c.words.Move(fyne.NewPos(0, (s.Height-words)/2))
	r.c.words.Resize(fyne.NewSize(s.Width-CheckRoom(r.c.look), words))
	at := fyne.NewPos(s.Width-size, (s.Height-size)/2)
	r.box.Move(at)
	r.box.Resize(fyne.NewSquareSize(size))
	layRing(r.ring, r.c.look, fyne.NewSquareSize(size))
	r.ring.Move(r.ring.Position().Add(at))
	tick := r.c.look.Control(checkSize - 8)
	r.tick.Move(at.AddXY((size-tick)/2, (size-tick)/2))
	r.tick.Resize(fyne.NewSquareSize(tick))
}

// Refresh draws the present state.
func (r *checkRowRenderer) Refresh() {
	c, l := r.c, r.c.look
	p := Paint{Fill: l.Surface, Stroke: l.Edge, Width: max(l.Stroke(), 2), Corner: 5}
	switch {
	case c.on:
		p.Fill, p.Stroke = l.Brand, l.Brand
	case c.hovered:
		p.Fill = l.Sunk
	}
	p.on(r.box)
	r.ring.Hidden = !c.focused
	if c.on {
		r.tick.Show()
	} else {
		r.tick.Hide()
	}
	r.Layout(c.Size())
	canvas.Refresh(c)
}

// Objects are the parts.
func (r *checkRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.c.words, r.ring, r.box, r.tick}
}

// Destroy has nothing to free.
func (r *checkRowRenderer) Destroy() {}
