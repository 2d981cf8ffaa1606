package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// besideScale is the scale of text up to which the two lists stand beside each
// other.
const besideScale = 1.4

// lists are what uses the session, and where else the person is signed on.
func (d *deskWindow) lists(v view.Session, width float32) fyne.CanvasObject {
	l := d.s.c.Look
	gap := l.Space(16)
	if l.Scale >= besideScale {
		return widget.Column(gap, widget.Of(using(l, *v.Using, width)), widget.Of(d.places(*v.Places, width)))
	}
	half := (width - gap) / 2
	wide := func(o fyne.CanvasObject) widget.Item {
		return widget.Of(container.NewStack(widget.Blank(half, 0), o))
	}
	return widget.Row(gap, wide(using(l, *v.Using, half)), wide(d.places(*v.Places, half)))
}

// list is a panel with a head and rows.
type list struct {
	look  theme.Look
	width float32 // within the panel
	items []widget.Item
}

func newList(l theme.Look, head string, width float32) *list {
	p := &list{look: l, width: width - 2*listRoom(l)}
	p.put(widget.Paragraph(head, widget.Face{Size: l.Type(theme.Second), Bold: true, Ink: l.Text}, p.width))
	return p
}

func listRoom(l theme.Look) float32 { return l.Space(18) }

func (p *list) put(o fyne.CanvasObject) { p.items = append(p.items, widget.Of(o)) }

// row is a picture, a name and a time.
func (p *list) row(sign icon.Name, name, at string) {
	l := p.look
	gap, size := l.Space(12), l.Type(18)
	quiet := widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}
	inner := p.width - size - widget.Measure(at, quiet) - 2*gap
	p.put(widget.Row(gap, widget.At(widget.Start, widget.Inset(l.Type(1), 0, 0, 0, widget.Picture(sign, l.Text2, size))),
		widget.Grow(widget.Paragraph(name, widget.Face{Size: l.Type(theme.Second), Ink: l.Text}, inner)), widget.At(widget.Start, widget.Line(at, quiet))))
}

// say adds a quiet line; an empty one is none.
func (p *list) say(text string) {
	if text != "" {
		p.put(widget.Paragraph(text, widget.Face{Size: p.look.Type(theme.Second), Ink: p.look.Text2}, p.width))
	}
}

func (p *list) panel() fyne.CanvasObject {
	return widget.Panel(p.look, listRoom(p.look), widget.Column(p.look.Space(10), p.items...))
}

// using lists the applications that took a ticket.
func using(l theme.Look, v view.Using, width float32) fyne.CanvasObject {
	p := newList(l, v.Head, width)
	p.say(v.None)
	for _, g := range v.Grants {
		p.row(icon.Program, g.Application, g.At)
	}
	p.say(v.More)
	return p.panel()
}

// places lists where else the person is signed on, each with a way to end it.
func (d *deskWindow) places(v view.Places, width float32) fyne.CanvasObject {
	l := d.s.c.Look
	p := newList(l, v.Head, width)
	for _, place := range v.Rows {
		p.row(icon.Screen, place.Name, place.Since)
		var press func()
		if place.End.Action != view.NoAction {
			press = func() { d.endPlace(place.ID) }
		}
		end := widget.NewButton(l, place.End.Text, widget.Plain, press).Small().Named(place.Label)
		end.Keys = d.key
		p.put(widget.Row(0, widget.Of(end), widget.Gap()))
	}
	p.say(v.More)
	p.say(v.None)
	p.say(v.Code)
	if v.Again != (view.Button{}) {
		p.put(widget.Row(0, widget.Of(d.small(v.Again, widget.Plain)), widget.Gap()))
	}
	return p.panel()
}
