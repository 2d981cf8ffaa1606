package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lanyard/broker/agent"
	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// showTrouble says what is wrong, what to do and who helps.
func (p *prompt) showTrouble(snap agent.Snapshot, q question) {
	c := p.s.c
	v := view.TroubleOf(c.Words, snap, p.s.options(), p.ringing == q)
	var first fyne.CanvasObject
	p.frame.put(page{
		title: v.Title, env: view.EnvironmentOf(c.Words, snap.Environment), width: troubleWidth,
		body: func(width float32) fyne.CanvasObject { return p.troubleBody(v, width) },
		foot: func(width float32) fyne.CanvasObject {
			filled, other := p.s.button(v.Filled, widget.Filled, p.act, p.key), p.s.button(v.Other, widget.Plain, p.act, p.key)
			if first = filled; first == nil {
				first = other
			}
			return widget.Answers(c.Look, width, filled, other)
		},
	})
	focus, _ := first.(fyne.Focusable)
	p.open(q, focus)
}

// ring says who to ring and what to tell them, and brings it into sight.
func (p *prompt) ring() {
	p.ringing = p.asked
	p.show(p.s.snap)
	p.frame.key(fyne.KeyEnd)
}

func (p *prompt) troubleBody(v view.Trouble, width float32) fyne.CanvasObject {
	l := p.s.c.Look
	sign, ink := icon.Warning, l.Palette.Warn.Ink
	if v.Locked {
		sign, ink = icon.Lock, l.Palette.Bad.Ink
	}
	size := l.Type(28)
	title := widget.Row(l.Space(14), widget.At(widget.Start, widget.Inset(l.Type(1), 0, 0, 0, widget.Picture(sign, ink, size))),
		widget.Grow(widget.Paragraph(v.Title, widget.Face{Size: l.Type(theme.Title), Bold: true, Ink: l.Text}, width-size-l.Space(14))))
	head := []widget.Item{widget.Of(title)}
	if v.Why != "" {
		head = append(head, widget.Of(widget.Paragraph(v.Why, widget.Face{Size: l.Type(theme.Text), Ink: l.Text}, width)))
	}
	var items []widget.Item
	if v.Holder != nil {
		items = append(items, widget.Of(widget.Owner(l, *v.Holder, width)))
	}
	items = append(items, widget.Of(widget.Column(l.Space(8), head...)), widget.Of(steps(l, v, width)), widget.Of(p.code(v, width)))
	return widget.Column(l.Space(20), items...)
}

// steps are what to do first, and who helps.
func steps(l theme.Look, v view.Trouble, width float32) fyne.CanvasObject {
	room := l.Space(18)
	size := l.Type(18)
	inner := width - 2*room - size - l.Space(14)
	step := func(n icon.Name, head, text string) fyne.CanvasObject {
		return widget.Row(l.Space(14), widget.At(widget.Start, widget.Inset(l.Type(2), 0, 0, 0, widget.Picture(n, l.Brand, size))),
			widget.Grow(widget.Column(0,
				widget.Of(widget.Paragraph(head, widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}, inner)),
				widget.Of(widget.Paragraph(text, widget.Face{Size: l.Type(theme.Text), Ink: l.Text}, inner)))))
	}
	items := []widget.Item{widget.Of(step(icon.Chevron, v.FirstHead, v.First))}
	if v.Then != "" {
		items = append(items, widget.Of(widget.Rule(l)), widget.Of(step(icon.Person, v.ThenHead, v.Then)))
	}
	if v.Ring != "" {
		items = append(items, widget.Of(widget.Rule(l)), widget.Of(step(icon.Person, v.RingHead, v.Ring)))
	}
	return widget.Panel(l, room, widget.Column(l.Space(14), items...))
}

// code is the line for the help desk.
func (p *prompt) code(v view.Trouble, width float32) fyne.CanvasObject {
	l := p.s.c.Look
	face := widget.Face{Size: l.Type(theme.Second), Ink: l.Text2}
	pill := container.NewStack(widget.Surface(widget.Paint{Fill: l.Sunk, Stroke: l.Line, Width: l.Stroke() - 1, Corner: l.Type(14)}, l.Space(6),
		widget.Inset(0, l.Space(6), 0, l.Space(6), widget.Line(v.Code, widget.Face{Size: l.Type(theme.Least), Bold: true, Ink: l.Text}))))
	copyIt := p.s.button(v.Copy, widget.Quiet, p.act, p.key)
	line := []widget.Item{widget.At(widget.Middle, widget.Line(v.CodeHead, face)), widget.At(widget.Middle, pill)}
	var below []widget.Item
	known := widget.Line(v.Known, face)
	room := width - widget.Measure(v.CodeHead, face) - pill.MinSize().Width - copyIt.MinSize().Width - 4*l.Space(10)
	if v.Known != "" && known.MinSize().Width <= room {
		line = append(line, widget.At(widget.Middle, known))
	} else if v.Known != "" {
		below = append(below, widget.Of(known))
	}
	if v.Reference != "" {
		below = append(below, widget.Of(widget.Paragraph(v.Reference, face, width)))
	}
	line = append(line, widget.Gap(), widget.At(widget.Middle, copyIt))
	return widget.Column(l.Space(4), append([]widget.Item{widget.Of(widget.Row(l.Space(10), line...))}, below...)...)
}
