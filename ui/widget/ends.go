package widget

import (
	"fyne.io/fyne/v2"

	"lanyard/ui/theme"
)

// Ends puts buttons at both ends of a line, or all below each other where they
// are too wide for it.
func Ends(l theme.Look, width float32, left, right []fyne.CanvasObject) fyne.CanvasObject {
	gap := l.Space(12)
	needed := float32(0)
	var line, below []Item
	add := func(objects []fyne.CanvasObject) {
		for _, o := range objects {
			line, below = append(line, Of(o)), append(below, Of(o))
			needed += o.MinSize().Width + gap
		}
	}
	add(left)
	line = append(line, Gap())
	add(right)
	if needed > width {
		return Column(gap, below...)
	}
	return Row(gap, line...)
}
