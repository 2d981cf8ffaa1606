package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"lanyard/card"
	"lanyard/ui/theme"
)

// CreateRenderer draws it.
func (p *PIN) CreateRenderer() fyne.WidgetRenderer {
	r := &pinRenderer{p: p, frame: canvas.NewRectangle(p.look.Surface), ring: newRing(p.look), caret: canvas.NewRectangle(p.look.Text)}
	for i := range r.dots {
		r.dots[i] = canvas.NewCircle(p.look.Text)
	}
	r.Refresh()
	return r
}

type pinRenderer struct {
	p     *PIN
	frame *canvas.Rectangle
	ring  *canvas.Rectangle
	caret *canvas.Rectangle
	dots  [card.MaxPIN]*canvas.Circle
}

// MinSize is a tall target.
func (r *pinRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.p.look.Control(200), r.p.look.Control(60))
}

// Layout places frame, ring, dots and caret. The dots close up where the field
// would be too narrow for them.
func (r *pinRenderer) Layout(s fyne.Size) {
	l := r.p.look
	r.frame.Resize(s)
	layRing(r.ring, l, s)
	r.ring.CornerRadius = theme.CornerField + l.Ring() + ringGap
	d, left := l.Type(13), l.Space(20)
	step := min(l.Type(26), (s.Width-2*left-d)/float32(len(r.dots)))
	for i, c := range r.dots {
		c.Resize(fyne.NewSize(d, d))
		c.Move(fyne.NewPos(left+float32(i)*step, (s.Height-d)/2))
	}
	h := l.Type(26)
	r.caret.Resize(fyne.NewSize(2, h))
	r.caret.Move(fyne.NewPos(left+float32(r.p.n)*step, (s.Height-h)/2))
}

// Refresh draws the present state.
func (r *pinRenderer) Refresh() {
	p, l := r.p, r.p.look
	paint := Paint{Fill: l.Surface, Stroke: l.Edge, Width: 2, Corner: theme.CornerField}
	switch {
	case p.off:
		paint.Fill, paint.Stroke = l.Sunk, l.Line
	case p.careful:
		paint.Stroke = l.Palette.Warn.Ink
	}
	paint.on(r.frame)
	r.ring.Hidden = !p.focused || p.off
	r.ring.StrokeColor, r.ring.StrokeWidth = l.Focus, l.Ring()
	r.caret.Hidden = !p.focused || p.off || p.n == len(r.dots)
	r.caret.FillColor = l.Text
	for i, c := range r.dots {
		c.Hidden = i >= p.n
		c.FillColor = l.Text
	}
	r.Layout(p.Size())
	canvas.Refresh(p)
}

// Objects are the parts.
func (r *pinRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.ring, r.frame, r.caret}
	for _, c := range r.dots {
		o = append(o, c)
	}
	return o
}

// Destroy has nothing to free.
func (r *pinRenderer) Destroy() {}
