package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"lanyard/ui/theme"
)

// ringGap is the room between a control and its focus ring.
const ringGap = 2

// RingRoom is how much room a ring needs around a control; what clips leaves it.
const RingRoom = 6

// newRing makes the ring that shows the focus, hidden.
func newRing(l theme.Look) *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeColor, r.StrokeWidth = l.Focus, l.Ring()
	r.Hidden = true
	return r
}

// layRing puts the ring outside a control of a size.
func layRing(r *canvas.Rectangle, l theme.Look, s fyne.Size) {
	out := l.Ring() + ringGap
	r.CornerRadius = theme.CornerButton + out
	r.Move(fyne.NewPos(-out, -out))
	r.Resize(s.AddWidthHeight(2*out, 2*out))
}
