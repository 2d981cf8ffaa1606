package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Align is where an object stands across the direction of its row or column.
type Align int

// The alignments. Fill stretches.
const (
	Fill Align = iota
	Start
	Middle
	End
)

// Item is an object in a row or column.
type Item struct {
	Object fyne.CanvasObject
	Align  Align
	Grow   bool // takes a share of what room is left
}

// Column puts objects below each other.
func Column(gap float32, items ...Item) *fyne.Container { return stack(false, gap, items) }

// Row puts objects beside each other.
func Row(gap float32, items ...Item) *fyne.Container { return stack(true, gap, items) }

// Of makes an item that stretches across.
func Of(o fyne.CanvasObject) Item { return Item{Object: o} }

// Grow makes an item that takes what room is left.
func Grow(o fyne.CanvasObject) Item { return Item{Object: o, Grow: true} }

// At makes an item that keeps its size and stands as told.
func At(a Align, o fyne.CanvasObject) Item { return Item{Object: o, Align: a} }

// Gap is empty room: as an item it grows.
func Gap() Item { return Grow(Blank(0, 0)) }

// Blank is empty room of a least size.
func Blank(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

func stack(row bool, gap float32, items []Item) *fyne.Container {
	f := &flex{row: row, gap: gap}
	c := container.New(f)
	for _, i := range items {
		if i.Object != nil {
			f.items = append(f.items, i)
			c.Objects = append(c.Objects, i.Object)
		}
	}
	return c
}

// flex lays a row or a column out with one gap between neighbours; the room
// that is left goes to those that grow.
type flex struct {
	row   bool
	gap   float32
	items []Item
}

// along and across take the two directions apart.
func (f *flex) parts(s fyne.Size) (along, across float32) {
	if f.row {
		return s.Width, s.Height
	}
	return s.Height, s.Width
}

func (f *flex) size(along, across float32) fyne.Size {
	if f.row {
		return fyne.NewSize(along, across)
	}
	return fyne.NewSize(across, along)
}

// MinSize is what all need together.
func (f *flex) MinSize([]fyne.CanvasObject) fyne.Size {
	var along, across float32
	n := 0
	for _, i := range f.items {
		if !i.Object.Visible() {
			continue
		}
		a, c := f.parts(i.Object.MinSize())
		along, across = along+a, max(across, c)
		n++
	}
	return f.size(along+f.gap*float32(max(n-1, 0)), across)
}

// Layout places the objects.
func (f *flex) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	room, across := f.parts(s)
	needed, _ := f.parts(f.MinSize(nil))
	growers := 0
	for _, i := range f.items {
		if i.Grow && i.Object.Visible() {
			growers++
		}
	}
	share := float32(0)
	if growers > 0 {
		share = max(room-needed, 0) / float32(growers)
	}
	at := float32(0)
	for _, i := range f.items {
		if !i.Object.Visible() {
			continue
		}
		a, c := f.parts(i.Object.MinSize())
		if i.Grow {
			a += share
		}
		off := float32(0)
		switch i.Align {
		case Fill:
			c = across
		case Middle:
			off = (across - c) / 2
		case End:
			off = across - c
		case Start:
		}
		p := f.size(at, off)
		i.Object.Resize(f.size(a, c))
		i.Object.Move(fyne.NewPos(p.Width, p.Height))
		at += a + f.gap
	}
}

// Inset leaves room around an object.
func Inset(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&inset{top, right, bottom, left}, o)
}

type inset struct{ top, right, bottom, left float32 }

// MinSize is the object's and the room around it.
func (i *inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(i.left+i.right, i.top+i.bottom)
}

// Layout gives the object what is left.
func (i *inset) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	objects[0].Resize(s.SubtractWidthHeight(i.left+i.right, i.top+i.bottom))
	objects[0].Move(fyne.NewPos(i.left, i.top))
}

// Paint is how a surface is drawn.
type Paint struct {
	Fill   color.Color
	Stroke color.Color
	Width  float32
	Corner float32
}

func (p Paint) rectangle() *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	p.on(r)
	return r
}

func (p Paint) on(r *canvas.Rectangle) {
	r.FillColor, r.StrokeColor, r.StrokeWidth, r.CornerRadius = p.Fill, p.Stroke, p.Width, p.Corner
	if p.Fill == nil {
		r.FillColor = color.Transparent
	}
	if p.Stroke == nil {
		r.StrokeColor = color.Transparent
	}
}

// Surface puts an object on a painted ground with room around it.
func Surface(p Paint, room float32, o fyne.CanvasObject) *fyne.Container {
	return container.NewStack(p.rectangle(), Inset(room, room, room, room, o))
}
