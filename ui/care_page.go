package ui

import (
	"image/color"

	"fyne.io/fyne/v2"

	"lanyard/broker/agent"
	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// draw draws the window.
func (w *careWindow) draw(snap agent.Snapshot, v view.Care) {
	c := w.s.c
	was := w.frame.window.Canvas().Focused()
	w.frame.put(page{
		title: v.Title, env: view.EnvironmentOf(c.Words, snap.Environment), width: careWidth, person: w.holder(v),
		keeps: v.Form != nil && v.Form.Busy,
		body: func(width float32) fyne.CanvasObject {
			if v.Form != nil {
				return w.formBody(v, width)
			}
			return w.cardBody(v, width)
		},
		foot: func(width float32) fyne.CanvasObject { return w.foot(v, width) },
	})
	worked := w.working
	w.working = v.Form != nil && v.Form.Busy
	now := w.frame.window.Canvas().Focused()
	gone := v.Form == nil && now == was && isField(was)
	if now == nil || gone || worked && !w.working { // what is asked again is asked from the start
		w.focus()
	}
}

// holder is whose card the form changes, where there is room to say so.
func (w *careWindow) holder(v view.Care) string {
	l := w.s.c.Look
	if v.Form == nil || widget.Measure(v.Holder.Name, widget.Face{Size: l.Type(theme.Second)}) > l.Width(careWidth)/2 {
		return ""
	}
	return v.Holder.Name
}

func isField(f fyne.Focusable) bool {
	_, ok := f.(*widget.PIN)
	return ok
}

// focus gives the focus to what takes the first key: the first field of a
// form, else the button that Enter presses, else the one that closes.
func (w *careWindow) focus() {
	c := w.frame.window.Canvas()
	switch {
	case w.ask.Form != agent.NoCare:
		c.Focus(w.fields[0])
	case w.first != nil:
		c.Focus(w.first)
	}
}

// foot are the buttons.
func (w *careWindow) foot(v view.Care, width float32) fyne.CanvasObject {
	l := w.s.c.Look
	button := func(b view.Button, k widget.Kind) fyne.CanvasObject { return w.s.button(b, k, w.act, w.key) }
	filled, other := button(v.Filled, widget.Filled), button(v.Close, widget.Plain)
	w.first, _ = other.(*widget.Button)
	if filled != nil {
		w.first, _ = filled.(*widget.Button)
		return widget.Answers(l, width, filled, other)
	}
	var more []fyne.CanvasObject
	for _, b := range v.Buttons {
		more = append(more, button(b, widget.Plain))
	}
	return widget.Picked(l, width, nil, append(more, other)...)
}

// cardBody shows the card.
func (w *careWindow) cardBody(v view.Care, width float32) fyne.CanvasObject {
	l := w.s.c.Look
	var items []widget.Item
	if v.Holder != nil {
		items = append(items, widget.Of(widget.Owner(l, *v.Holder, width)))
	}
	if v.Note != nil {
		items = append(items, widget.Of(widget.Note(l, *v.Note, width)))
	}
	if v.Holder != nil {
		items = append(items, widget.Of(w.about(v, width)))
	}
	return widget.Column(l.Space(20), items...)
}

// about is the panel of what the card is for and how many tries are left.
func (w *careWindow) about(v view.Care, width float32) fyne.CanvasObject {
	l := w.s.c.Look
	room := l.Space(18)
	inner := width - 2*room
	var items []widget.Item
	add := func(o fyne.CanvasObject) {
		if len(items) > 0 {
			items = append(items, widget.Of(widget.Rule(l)))
		}
		items = append(items, widget.Of(o))
	}
	for _, c := range v.Certs {
		add(certLine(l, c, inner))
	}
	if v.Words != "" {
		add(widget.Paragraph(v.Words, widget.Face{Size: l.Type(theme.Text), Ink: l.Text2}, inner))
	}
	if v.Passcode != (view.Fact{}) {
		add(pair(l, icon.Lock, l.Text2, v.Passcode, inner))
	}
	if b := w.s.button(v.Details, widget.Plain, w.act, w.key); b != nil {
		items = append(items, widget.At(widget.Start, b.(*widget.Button).Small()))
	}
	return widget.Panel(l, room, widget.Column(l.Space(12), items...))
}

// certLine is a certificate: what it is for and until when, and below it what
// somebody who helps may ask for.
func certLine(l theme.Look, c view.CertLine, width float32) fyne.CanvasObject {
	sign, ink := icon.Tick, l.Palette.OK.Ink
	switch c.Tone {
	case view.Careful:
		sign, ink = icon.Warning, l.Palette.Warn.Ink
	case view.Bad:
		sign, ink = icon.Cross, l.Palette.Bad.Ink
	}
	head := pair(l, sign, ink, view.Fact{Name: c.Use, Value: c.Until}, width)
	if len(c.Facts) == 0 {
		return head
	}
	left := l.Type(20) + l.Space(12)
	inner := width - left
	items := []widget.Item{widget.Of(head)}
	for _, f := range c.Facts {
		items = append(items, widget.Of(widget.Inset(0, 0, 0, left, fact(l, f, inner))))
	}
	return widget.Column(l.Space(6), items...)
}

// pair is a sign, what is meant, and what is so; below each other where the
// line is too short.
func pair(l theme.Look, sign icon.Name, ink color.NRGBA, f view.Fact, width float32) fyne.CanvasObject {
	size, gap := l.Type(20), l.Space(12)
	inner := width - size - gap
	name := widget.Face{Size: l.Type(theme.Text), Bold: true, Ink: l.Text}
	value := widget.Face{Size: l.Type(theme.Text), Ink: l.Text}
	picture := widget.At(widget.Start, widget.Inset(l.Type(1), 0, 0, 0, widget.Picture(sign, ink, size)))
	if widget.Measure(f.Name, name)+2*gap+widget.Measure(f.Value, value) <= inner {
		return widget.Row(gap, picture, widget.Of(widget.Line(f.Name, name)), widget.Gap(), widget.Of(widget.Line(f.Value, value)))
	}
	return widget.Row(gap, picture, widget.Grow(widget.Column(0,
		widget.Of(widget.Paragraph(f.Name, name, inner)), widget.Of(widget.Paragraph(f.Value, value, inner)))))
}

// fact is a name and a value in small type, the values below each other.
func fact(l theme.Look, f view.Fact, width float32) fyne.CanvasObject {
	quiet := widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}
	plain := widget.Face{Size: l.Type(theme.Least), Ink: l.Text}
	column := l.Type(130)
	if column > width*0.4 {
		return widget.Column(0, widget.Of(widget.Paragraph(f.Name, quiet, width)), widget.Of(widget.Paragraph(f.Value, plain, width)))
	}
	name := widget.Paragraph(f.Name, quiet, column)
	return widget.Row(0, widget.Of(name), widget.Of(widget.Blank(column-name.MinSize().Width, 0)), widget.Grow(widget.Paragraph(f.Value, plain, width-column)))
}

// formBody is the form: the rules, then three fields.
func (w *careWindow) formBody(v view.Care, width float32) fyne.CanvasObject {
	l, f := w.s.c.Look, v.Form
	label := widget.Face{Size: l.Type(theme.Text), Bold: true, Ink: l.Text}
	head := widget.Column(l.Space(6),
		widget.Of(widget.Paragraph(v.Title, widget.Face{Size: l.Type(theme.Title), Bold: true, Ink: l.Text}, width)),
		widget.Of(widget.Paragraph(f.Sentence, widget.Face{Size: l.Type(theme.Text), Ink: l.Text2}, width)))
	items := []widget.Item{widget.Of(head)}
	if v.Note != nil {
		items = append(items, widget.Of(widget.Note(l, *v.Note, width)))
	}
	for i, field := range w.fields {
		field.Label = f.Labels[i]
		field.SetLook(l)
		field.SetOff(f.Busy)
		field.SetCareful(f.Slips[i] != "")
		parts := []widget.Item{widget.Of(widget.Paragraph(f.Labels[i], label, width)), widget.Of(field)}
		if f.Slips[i] != "" {
			slip := widget.Row(l.Space(8), widget.At(widget.Start, widget.Picture(icon.Warning, l.Palette.Warn.Ink, l.Type(18))),
				widget.Grow(widget.Paragraph(f.Slips[i], widget.Face{Size: l.Type(theme.Second), Ink: l.Text}, width-l.Type(18)-l.Space(8))))
			parts = append(parts, widget.Of(slip))
		}
		items = append(items, widget.Of(widget.Column(l.Space(8), parts...)))
	}
	return widget.Column(l.Space(16), items...)
}

// aside puts the question away while the card's window mends what it tells.
func (p *prompt) aside() {
	p.dismissed = p.asked
	p.close()
}

// bring scrolls to what has the focus, where the middle of a window scrolls.
func (f *frame) bring(o fyne.CanvasObject) {
	if f.scroll == nil {
		return
	}
	top, in := below(f.scroll.Content, o)
	if !in {
		return
	}
	room := f.look.Space(40) // for its label, and for what stands below
	at, height := f.scroll.Offset.Y, f.scroll.Size().Height
	if y := max(min(at, top-room), top+o.Size().Height+room-height); y != at {
		f.scroll.ScrollToOffset(fyne.NewPos(0, max(y, 0)))
	}
}
