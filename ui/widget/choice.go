package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"lanyard/ui/theme"
)

// Choice is a few choices of which one is taken: side by side, or below each
// other where they are too wide for that. Arrows change it.
type Choice struct {
	base.BaseWidget
	Pick   func(int)            // another one was taken
	Tap    func()               // one was tapped, it may be the one that was taken; may be nil
	Keys   func(*fyne.KeyEvent) // keys it does not take; may be nil
	Gained func()               // told that it has the focus now; may be nil

	look    theme.Look
	name    string
	texts   []string
	chosen  int
	stacked bool
	focused bool
	hover   int
}

// NewChoice makes a control that is at most so wide.
func NewChoice(l theme.Look, name string, texts []string, chosen int, width float32) *Choice {
	c := &Choice{look: l, name: name, texts: texts, chosen: chosen, hover: -1}
	row := float32(0)
	for _, t := range texts {
		row += c.cell(t)
	}
	c.stacked = row > width
	c.ExtendBaseWidget(c)
	return c
}

// face sets the words: what is taken is bold too, so that no colour is needed.
func (c *Choice) face(chosen bool) Face {
	ink := c.look.Text
	if chosen {
		ink = c.look.OnBrand
	}
	return Face{Size: c.look.Type(theme.Second), Bold: chosen, Ink: ink}
}

// cell is how wide a choice is, taken or not.
func (c *Choice) cell(text string) float32 {
	return Measure(text, c.face(true)) + 2*c.look.Space(13)
}

// take takes a choice and tells of it.
func (c *Choice) take(i int) {
	if i < 0 || i >= len(c.texts) || i == c.chosen {
		return
	}
	c.chosen = i
	c.Refresh()
	if c.Pick != nil {
		c.Pick(i)
	}
}

// TypedKey moves the choice.
func (c *Choice) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		c.take(max(c.chosen, 1) - 1)
	case fyne.KeyRight, fyne.KeyDown:
		c.take(c.chosen + 1)
	case fyne.KeyHome:
		c.take(0)
	case fyne.KeyEnd:
		c.take(len(c.texts) - 1)
	default:
		if c.Keys != nil {
			c.Keys(e)
		}
	}
}

// TypedRune takes none.
func (c *Choice) TypedRune(rune) {}

// FocusGained shows the ring.
func (c *Choice) FocusGained() {
	c.focused = true
	c.Refresh()
	if c.Gained != nil {
		c.Gained()
	}
}

// FocusLost hides it.
func (c *Choice) FocusLost() { c.focused = false; c.Refresh() }

// Lit tells whether the ring is seen.
func (c *Choice) Lit() bool { return c.focused }

// Tapped takes the choice under the pointer.
func (c *Choice) Tapped(e *fyne.PointEvent) {
	c.take(c.at(e.Position))
	if c.Tap != nil {
		c.Tap()
	}
}

// MouseIn tints what is under the pointer.
func (c *Choice) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved tints what is under the pointer.
func (c *Choice) MouseMoved(e *desktop.MouseEvent) {
	if i := c.at(e.Position); i != c.hover {
		c.hover = i
		c.Refresh()
	}
}

// MouseOut takes the tint away.
func (c *Choice) MouseOut() { c.hover = -1; c.Refresh() }

// at is the choice at a place.
func (c *Choice) at(p fyne.Position) int {
	for i, r := range c.cells(c.Size()) {
		if p.X >= r.x && p.X < r.x+r.w && p.Y >= r.y && p.Y < r.y+r.h {
			return i
		}
	}
	return -1
}

type rect struct{ x, y, w, h float32 }

// cells are where the choices stand.
func (c *Choice) cells(s fyne.Size) []rect {
	out := make([]rect, len(c.texts))
	h := c.look.Control(38)
	x := float32(0)
	for i, t := range c.texts {
		if c.stacked {
			out[i] = rect{0, float32(i) * h, s.Width, h}
			continue
		}
		w := c.cell(t)
		out[i] = rect{x, 0, w, h}
		x += w
	}
	return out
}

// AccessibilityLabel says what is chosen of what.
func (c *Choice) AccessibilityLabel() string {
	if c.chosen < 0 || c.chosen >= len(c.texts) {
		return c.name
	}
	return c.name + ": " + c.texts[c.chosen]
}

// AccessibilityRole is the nearest there is.
func (c *Choice) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer draws it.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	r := &choiceRenderer{c: c, ring: newRing(c.look), frame: canvas.NewRectangle(color.Transparent)}
	for range c.texts {
		r.grounds = append(r.grounds, canvas.NewRectangle(color.Transparent))
		r.texts = append(r.texts, canvas.NewText("", c.look.Text))
		r.rules = append(r.rules, canvas.NewRectangle(c.look.Edge))
	}
	r.Refresh()
	return r
}

type choiceRenderer struct {
	c       *Choice
	ring    *canvas.Rectangle
	frame   *canvas.Rectangle
	grounds []*canvas.Rectangle
	rules   []*canvas.Rectangle // before each choice but the first
	texts   []*canvas.Text
}

// MinSize is what the words need.
func (r *choiceRenderer) MinSize() fyne.Size {
	c, h := r.c, r.c.look.Control(38)
	row, widest := float32(0), float32(0)
	for _, t := range c.texts {
		row, widest = row+c.cell(t), max(widest, c.cell(t))
	}
	if c.stacked {
		return fyne.NewSize(widest, h*float32(len(c.texts)))
	}
	return fyne.NewSize(row, h)
}

// Layout places the choices.
func (r *choiceRenderer) Layout(s fyne.Size) {
	l := r.c.look
	r.frame.Resize(s)
	layRing(r.ring, l, s)
	for i, cell := range r.c.cells(s) {
		r.grounds[i].Move(fyne.NewPos(cell.x, cell.y))
		r.grounds[i].Resize(fyne.NewSize(cell.w, cell.h))
		r.corners(i)
		if r.c.stacked {
			r.rules[i].Move(fyne.NewPos(0, cell.y))
			r.rules[i].Resize(fyne.NewSize(cell.w, l.Stroke()))
		} else {
			r.rules[i].Move(fyne.NewPos(cell.x, 0))
			r.rules[i].Resize(fyne.NewSize(l.Stroke(), cell.h))
		}
		text := r.texts[i].MinSize()
		x := (cell.w - text.Width) / 2
		if r.c.stacked {
			x = l.Space(13)
		}
		r.texts[i].Move(fyne.NewPos(cell.x+x, cell.y+(cell.h-text.Height)/2))
		r.texts[i].Resize(text)
	}
}

// sharp is a corner that is not round: 0 would take the radius of the whole.
const sharp = 0.01

// corners rounds a choice where the frame is round.
func (r *choiceRenderer) corners(i int) {
	g := r.grounds[i]
	first, last := float32(sharp), float32(sharp)
	if i == 0 {
		first = theme.CornerButton
	}
	if i == len(r.grounds)-1 {
		last = theme.CornerButton
	}
	g.TopLeftCornerRadius, g.BottomRightCornerRadius = first, last
	g.BottomLeftCornerRadius, g.TopRightCornerRadius = first, last
	if r.c.stacked {
		g.BottomLeftCornerRadius, g.TopRightCornerRadius = last, first
	}
}

// Refresh draws the present state.
func (r *choiceRenderer) Refresh() {
	c, l := r.c, r.c.look
	Paint{Stroke: l.Edge, Width: l.Stroke(), Corner: theme.CornerButton}.on(r.frame)
	for i, t := range c.texts {
		chosen := i == c.chosen
		fill := l.Surface
		switch {
		case chosen:
			fill = l.Brand
		case i == c.hover:
			fill = l.Sunk
		}
		r.grounds[i].FillColor = fill
		r.rules[i].FillColor = l.Edge
		r.rules[i].Hidden = i == 0 || chosen || i-1 == c.chosen
		f := c.face(chosen)
		r.texts[i].Text, r.texts[i].TextSize, r.texts[i].TextStyle, r.texts[i].Color = t, f.Size, fyne.TextStyle{Bold: f.Bold}, f.Ink
	}
	r.ring.Hidden = !c.focused
	r.Layout(c.Size())
	canvas.Refresh(c)
}

// Objects are the parts.
func (r *choiceRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.ring}
	for _, g := range r.grounds {
		o = append(o, g)
	}
	for _, g := range r.rules {
		o = append(o, g)
	}
	for _, t := range r.texts {
		o = append(o, t)
	}
	return append(o, r.frame)
}

// Destroy has nothing to free.
func (r *choiceRenderer) Destroy() {}
