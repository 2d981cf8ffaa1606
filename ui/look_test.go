package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"lanyard/ui/widget"
)

// readable are the words of a tree, in reading order, without those of controls.
func readable(o fyne.CanvasObject) []string {
	switch o := o.(type) {
	case *canvas.Text:
		return []string{o.Text}
	case *fyne.Container:
		var all []string
		for _, inner := range o.Objects {
			all = append(all, readable(inner)...)
		}
		return all
	case *container.Scroll:
		return readable(o.Content)
	default:
		return nil
	}
}

// reads tells whether a window shows a text, on however many lines.
func (h *hand) reads(f *frame, text string) bool {
	return strings.Contains(strings.Join(readable(f.root), " "), text)
}

// stops are what a tree has to be reached by Tab, in reading order.
func stops(o fyne.CanvasObject) []fyne.Focusable {
	switch o := o.(type) {
	case *widget.Button:
		if o.Disabled() {
			return nil
		}
		return []fyne.Focusable{o}
	case fyne.Focusable:
		return []fyne.Focusable{o}
	case *fyne.Container:
		var all []fyne.Focusable
		for _, inner := range o.Objects {
			all = append(all, stops(inner)...)
		}
		return all
	case *container.Scroll:
		return stops(o.Content)
	default:
		return nil
	}
}
