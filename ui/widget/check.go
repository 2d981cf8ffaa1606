package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
)

// Check is something that is on or off: a box with a tick, and words. Space and
// Enter turn it over while it has the focus; a key that it does not take goes
// to Keys.
type Check struct {
	base.BaseWidget
	Keys   func(*fyne.KeyEvent) // nil: nobody else wants keys
	Gained func()               // told that it has the focus now; nil: nobody wants to know

	look    theme.Look
	text    fyne.CanvasObject
	says    string
	on      bool
	turn    func(on bool)
	focused bool
}

// NewCheck makes one whose words fit a width. A screen reader says says, which
// tells the state. What shows it turned over is a new one: turn has to see to
// that.
func NewCheck(l theme.Look, text, says string, on bool, width float32, turn func(on bool)) *Check {
	c := &Check{look: l, says: says, on: on, turn: turn}
	c.text = Paragraph(text, Face{Size: l.Type(theme.Second), Ink: l.Text}, width-c.box()-c.gap()-c.end())
	c.ExtendBaseWidget(c)
	return c
}

func (c *Check) box() float32 { return c.look.Control(22) }
func (c *Check) gap() float32 { return c.look.Space(10) }

// end is the room between the words and the ring.
func (c *Check) end() float32 { return c.look.Space(4) }

// Tapped turns it over.
func (c *Check) Tapped(*fyne.PointEvent) { c.turn(!c.on) }

// TypedKey turns it over on Space and Enter.
func (c *Check) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.turn(!c.on)
	default:
		if c.Keys != nil {
			c.Keys(e)
		}
	}
}

// TypedRune takes none.
func (c *Check) TypedRune(rune) {}

// FocusGained shows the ring.
func (c *Check) FocusGained() {
	c.focused = true
	c.Refresh()
	if c.Gained != nil {
		c.Gained()
	}
}

// FocusLost hides it.
func (c *Check) FocusLost() { c.focused = false; c.Refresh() }

// Lit tells whether the ring is seen.
func (c *Check) Lit() bool { return c.focused }

// AccessibilityLabel is what a screen reader says.
func (c *Check) AccessibilityLabel() string { return c.says }

// AccessibilityRole is a button's: the toolkit knows no better one.
func (c *Check) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer draws it.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	l := c.look
	paint := Paint{Fill: l.Surface, Stroke: l.Edge, Width: max(2, l.Stroke()), Corner: 5}
	if c.on {
		paint = Paint{Fill: l.Brand, Stroke: l.Brand, Width: 1, Corner: 5}
	}
	r := &checkRenderer{c: c, box: paint.rectangle(), ring: newRing(l), tick: Picture(icon.Tick, l.OnBrand, c.box()*0.7)}
	if !c.on {
		r.tick = canvas.NewRectangle(color.Transparent)
	}
	r.Refresh()
	return r
}

type checkRenderer struct {
	c    *Check
	box  *canvas.Rectangle
	ring *canvas.Rectangle
	tick fyne.CanvasObject
}

// MinSize is what the words need, and a target that a finger finds.
func (r *checkRenderer) MinSize() fyne.Size {
	text := r.c.text.MinSize()
	return fyne.NewSize(r.c.box()+r.c.gap()+text.Width+r.c.end(), max(text.Height, r.c.look.Control(30)))
}

// Layout fits the parts in.
func (r *checkRenderer) Layout(s fyne.Size) {
	side := r.c.box()
	layRing(r.ring, r.c.look, fyne.NewSize(min(s.Width, r.MinSize().Width), s.Height))
	r.box.Resize(fyne.NewSquareSize(side))
	r.box.Move(fyne.NewPos(0, (s.Height-side)/2))
	inner := side * 0.7
	r.tick.Resize(fyne.NewSquareSize(inner))
	r.tick.Move(fyne.NewPos((side-inner)/2, (s.Height-inner)/2))
	h := r.c.text.MinSize().Height
	r.c.text.Resize(fyne.NewSize(s.Width-side-r.c.gap(), h))
	r.c.text.Move(fyne.NewPos(side+r.c.gap(), (s.Height-h)/2))
}

// Refresh shows the focus.
func (r *checkRenderer) Refresh() {
	r.ring.Hidden = !r.c.focused
	r.ring.Refresh()
}

// Objects are the parts.
func (r *checkRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.box, r.tick, r.c.text}
}

// Destroy has nothing to free.
func (r *checkRenderer) Destroy() {}
