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

// Picker shows which of a list is taken. Pressed, it shows the list; arrows
// change it without.
type Picker struct {
	base.BaseWidget
	Pick   func(int)            // another one was taken
	Keys   func(*fyne.KeyEvent) // keys it does not take; may be nil
	Gained func()               // told that it has the focus now; may be nil

	look    theme.Look
	name    string
	texts   []string
	chosen  int
	most    float32
	focused bool
	hovered bool
}

// NewPicker makes a control that is at most so wide; longer words are cut
// short on it, and whole in the list.
func NewPicker(l theme.Look, name string, texts []string, chosen int, width float32) *Picker {
	p := &Picker{look: l, name: name, texts: texts, chosen: chosen, most: width}
	p.ExtendBaseWidget(p)
	return p
}

func (p *Picker) face() Face {
	return Face{Size: p.look.Type(theme.Second), Ink: p.look.Text}
}

// text is what is taken.
func (p *Picker) text() string {
	if p.chosen < 0 || p.chosen >= len(p.texts) {
		return ""
	}
	return p.texts[p.chosen]
}

// take takes a choice and tells of it.
func (p *Picker) take(i int) {
	if i < 0 || i >= len(p.texts) || i == p.chosen {
		return
	}
	p.chosen = i
	p.Refresh()
	if p.Pick != nil {
		p.Pick(i)
	}
}

// Tapped shows the list.
func (p *Picker) Tapped(*fyne.PointEvent) { p.open() }

// open shows the list below the control. There, too, arrows change what is
// taken; Enter, Escape and a tap close it.
func (p *Picker) open() {
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	if c == nil {
		return
	}
	list := NewChoice(p.look, p.name, p.texts, p.chosen, 0)
	popup := base.NewPopUp(list, c)
	list.Pick = p.take
	list.Tap = popup.Hide
	list.Keys = func(e *fyne.KeyEvent) {
		switch e.Name {
		case fyne.KeyEscape, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyTab:
			popup.Hide()
		}
	}
	popup.Resize(popup.MinSize().Max(fyne.NewSize(p.Size().Width, 0)))
	below, top := p.Size().Height, fyne.CurrentApp().Driver().AbsolutePositionForObject(p).Y
	if over := top + below + popup.Size().Height - c.Size().Height; over > 0 {
		below = max(below-over, -top) // a list at the window's foot goes up as far as it must
	}
	popup.ShowAtRelativePosition(fyne.NewPos(p.Size().Width-popup.Size().Width, below), p)
	c.Focus(list)
}

// TypedKey moves the choice or shows the list.
func (p *Picker) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.open()
	case fyne.KeyLeft, fyne.KeyUp:
		p.take(max(p.chosen, 1) - 1)
	case fyne.KeyRight, fyne.KeyDown:
		p.take(p.chosen + 1)
	default:
		if p.Keys != nil {
			p.Keys(e)
		}
	}
}

// TypedRune takes none.
func (p *Picker) TypedRune(rune) {}

// FocusGained shows the ring.
func (p *Picker) FocusGained() {
	p.focused = true
	p.Refresh()
	if p.Gained != nil {
		p.Gained()
	}
}

// FocusLost hides it.
func (p *Picker) FocusLost() { p.focused = false; p.Refresh() }

// Lit tells whether the ring is seen.
func (p *Picker) Lit() bool { return p.focused }

// MouseIn tints it.
func (p *Picker) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved does nothing more.
func (p *Picker) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tint away.
func (p *Picker) MouseOut() { p.hovered = false; p.Refresh() }

// AccessibilityLabel says what is chosen of what.
func (p *Picker) AccessibilityLabel() string { return p.name + ": " + p.text() }

// AccessibilityRole is the nearest there is.
func (p *Picker) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer draws it.
func (p *Picker) CreateRenderer() fyne.WidgetRenderer {
	r := &pickerRenderer{
		p: p, ring: newRing(p.look), ground: canvas.NewRectangle(color.Transparent),
		text: canvas.NewText("", p.look.Text), sign: Picture(icon.Open, p.look.Text2, p.look.Type(14)),
	}
	r.Refresh()
	return r
}

type pickerRenderer struct {
	p      *Picker
	ring   *canvas.Rectangle
	ground *canvas.Rectangle
	text   *canvas.Text
	sign   fyne.CanvasObject
}

// room is what the control takes beside its words.
func (r *pickerRenderer) room() float32 {
	l := r.p.look
	return 2*l.Space(13) + l.Space(10) + l.Type(14)
}

// MinSize is what the longest choice needs, so that a change moves nothing.
func (r *pickerRenderer) MinSize() fyne.Size {
	widest := float32(0)
	for _, t := range r.p.texts {
		widest = max(widest, Measure(t, r.p.face()))
	}
	return fyne.NewSize(min(widest+r.room()+1, r.p.most), r.p.look.Control(40))
}

// Layout fits the parts in.
func (r *pickerRenderer) Layout(s fyne.Size) {
	l := r.p.look
	r.ground.Resize(s)
	layRing(r.ring, l, s)
	f := r.p.face()
	r.text.Text, _ = shorten(r.p.text(), f, s.Width-r.room())
	h := r.text.MinSize().Height
	r.text.Move(fyne.NewPos(l.Space(13), (s.Height-h)/2))
	r.text.Resize(fyne.NewSize(s.Width-r.room(), h))
	size := l.Type(14)
	r.sign.Move(fyne.NewPos(s.Width-l.Space(13)-size, (s.Height-size)/2))
	r.sign.Resize(fyne.NewSquareSize(size))
}

// Refresh draws the present state.
func (r *pickerRenderer) Refresh() {
	l := r.p.look
	paint := Paint{Fill: l.Surface, Stroke: l.Edge, Width: l.Stroke(), Corner: theme.CornerButton}
	if r.p.hovered {
		paint.Fill = l.Sunk
	}
	paint.on(r.ground)
	f := r.p.face()
	r.text.TextSize, r.text.Color = f.Size, f.Ink
	r.ring.Hidden = !r.p.focused
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

// Objects are the parts.
func (r *pickerRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.ground, r.text, r.sign}
}

// Destroy has nothing to free.
func (r *pickerRenderer) Destroy() {}
