package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// box is where something stands in its window.
type box struct{ left, top, right, bottom float32 }

func (b box) width() float32 { return b.right - b.left }

// within tells whether a box lies in another, but for what rounding takes.
func (b box) within(o box) bool {
	return b.left >= o.left-0.6 && b.right <= o.right+0.6 && b.top >= o.top-0.6 && b.bottom <= o.bottom+0.6
}

// meets tells whether two boxes cover the same ground. The lines of a paragraph
// touch each other.
func (b box) meets(o box) bool {
	return min(b.right, o.right)-max(b.left, o.left) > 1 && min(b.bottom, o.bottom)-max(b.top, o.top) > 1.5
}

// piece is something that must keep its ground to itself: a text or a control.
type piece struct {
	name  string
	at    box
	inner int // the control that it is a part of; -1: none
	layer int // the scroll that it moves with; 0: none
}

// ruler measures a window.
type ruler struct {
	problems []string
	pieces   []piece
	labels   []string // of the controls, in reading order
	layers   int
	texts    int
}

// place is where the ruler is on its walk.
type place struct {
	origin fyne.Position
	bounds box // that a text here must keep to; a scroll gives way downwards
	inner  int
	layer  int
}

func (r *ruler) find(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// walk measures an object and all that is in it.
func (r *ruler) walk(o fyne.CanvasObject, p place) {
	if !o.Visible() {
		return
	}
	p.origin = p.origin.Add(o.Position())
	is := box{p.origin.X, p.origin.Y, p.origin.X + o.Size().Width, p.origin.Y + o.Size().Height}
	switch o := o.(type) {
	case *canvas.Text:
		r.text(o, is, p)
	case *fyne.Container:
		for _, c := range o.Objects {
			r.walk(c, p)
		}
	case *container.Scroll:
		r.layers++
		p.layer = r.layers
		p.origin = p.origin.Subtract(o.Offset)
		p.bounds = box{is.left, -1e6, is.right, 1e6}
		switch o.Direction {
		case container.ScrollVerticalOnly:
			if need := o.Content.MinSize().Width; need > is.width()+0.6 {
				r.find("%.0f wide, and its scroll has %.0f", need, is.width())
			}
		default: // a field that one types into
			p.bounds.left, p.bounds.right = -1e6, 1e6
		}
		r.walk(o.Content, p)
	case *container.Clip:
		// What is clipped moves by itself: only its width counts.
		r.layers++
		p.layer, p.bounds = r.layers, box{is.left, -1e6, is.right, 1e6}
		r.walk(o.Content, p)
	case fyne.Widget:
		if f, ok := o.(fyne.Focusable); ok {
			r.control(f, o, is, &p)
		}
		for _, c := range test.WidgetRenderer(o).Objects() {
			r.walk(c, p)
		}
	}
}

// text measures what is to be read, not the room it was given.
func (r *ruler) text(t *canvas.Text, is box, p place) {
	if t.Text == "" {
		return
	}
	r.texts++
	need := t.MinSize()
	at := box{is.left, is.top, is.left + need.Width, is.top + need.Height}
	switch free := is.width() - need.Width; t.Alignment {
	case fyne.TextAlignCenter:
		at.left, at.right = at.left+free/2, at.right+free/2
	case fyne.TextAlignTrailing:
		at.left, at.right = at.left+free, at.right+free
	}
	if !at.within(p.bounds) {
		r.find("%q stands at %.0f and runs out of %.0f", t.Text, at, p.bounds)
	}
	r.pieces = append(r.pieces, piece{fmt.Sprintf("%q", t.Text), at, p.inner, p.layer})
}

// control measures a control: it stands within what it is in, it is large
// enough for its own words, and it has a name.
func (r *ruler) control(f fyne.Focusable, o fyne.CanvasObject, is box, p *place) {
	name := ""
	if a, ok := f.(fyne.Accessible); ok {
		name = a.AccessibilityLabel()
	}
	if name == "" {
		r.find("%T has no name for a screen reader", f)
	}
	if need := o.MinSize(); need.Width > is.width()+0.6 || need.Height > is.bottom-is.top+0.6 {
		r.find("%T %q has %.0f by %.0f and needs %v", f, name, is.width(), is.bottom-is.top, need)
	}
	if !is.within(p.bounds) {
		r.find("%T %q stands at %.0f, out of %.0f", f, name, is, p.bounds)
	}
	r.pieces = append(r.pieces, piece{fmt.Sprintf("%T %q", f, name), is, p.inner, p.layer})
	r.labels = append(r.labels, name)
	p.bounds, p.inner = is, len(r.pieces)-1
}

// crowd finds pieces that cover each other.
func (r *ruler) crowd() {
	for i, a := range r.pieces {
		for j, b := range r.pieces[:i] {
			if a.layer == b.layer && a.inner != j && b.inner != i && !r.inside(i, j) && a.at.meets(b.at) {
				r.find("%s at %.0f covers %s at %.0f", a.name, a.at, b.name, b.at)
			}
		}
	}
}

// inside tells whether a piece is a part of another, however deep.
func (r *ruler) inside(i, j int) bool {
	for k := r.pieces[i].inner; k >= 0; k = r.pieces[k].inner {
		if k == j {
			return true
		}
	}
	return false
}

// measure finds what does not fit in a window.
func measure(f *frame) *ruler {
	r := &ruler{}
	is := f.window.Canvas().Size()
	need := f.root.MinSize()
	if need.Width > is.Width+0.6 {
		r.find("%.0f wide, and needs %.0f", is.Width, need.Width)
	}
	if need.Height > is.Height+0.6 || is.Height > tallest+0.6 {
		r.find("%.0f tall, and needs %.0f", is.Height, need.Height)
	}
	r.walk(f.root, place{inner: -1, bounds: box{0, 0, is.Width, is.Height}})
	r.crowd()
	return r
}
