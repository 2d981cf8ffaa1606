package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
	"lanyard/ui/words"
)

// body is the page of the desk's window.
func (d *deskWindow) body(width float32) fyne.CanvasObject {
	l, v := d.s.c.Look, d.v
	var items []widget.Item
	add := func(o fyne.CanvasObject) { items = append(items, widget.Of(o)) }
	if v.Rest != nil {
		add(resting(l, *v.Rest, width))
	}
	if v.Person != nil {
		add(person(l, *v.Person, width))
	}
	quiet := v.Note != nil && v.Note.Tone == view.Neutral && v.Note.Title == ""
	if v.Note != nil && !quiet {
		add(d.note(v, width))
	}
	for _, o := range d.desktop(width) {
		add(o)
	}
	room := l.Space(14)
	add(widget.Panel(l, room, widget.Strip(l, v.Links, width-2*room)))
	if v.Using != nil && v.Places != nil {
		add(d.lists(v, width))
	}
	if quiet {
		add(aside(l, icon.Lock, v.Note.Sentence, width))
	}
	if d.s.notices.mute() && d.s.hosted {
		add(aside(l, icon.Screen, d.s.c.Words.Text(words.NoNotices), width))
	}
	if v.Owed != "" {
		add(aside(l, icon.Server, v.Owed, width))
	}
	return widget.Column(l.Space(16), items...)
}

// note is what has to be known about the session, and what can be done.
func (d *deskWindow) note(v view.Session, width float32) fyne.CanvasObject {
	var buttons []fyne.CanvasObject
	for i, b := range v.NoteDo {
		kind := widget.Plain
		if i == 0 {
			kind = widget.Filled
		}
		buttons = append(buttons, d.small(b, kind))
	}
	return widget.Note(d.s.c.Look, *v.Note, width, buttons...)
}

// desktop says what the desktop lacks, and what a notification would have said.
func (d *deskWindow) desktop(width float32) []fyne.CanvasObject {
	s, w, l := d.s, d.s.c.Words, d.s.c.Look
	var out []fyne.CanvasObject
	if n := s.notices.left; n != nil {
		out = append(out, widget.Note(l, view.Note{Tone: view.Careful, Title: n.Title, Sentence: n.Sentence}, width))
	}
	if !s.probed || s.hosted {
		return out
	}
	n := view.Note{Title: w.Text(words.NoTray), Sentence: w.Text(words.NoTraySentence)}
	if s.notices.mute() {
		n.Sentence = w.Text(words.NoTrayNoNotices)
	}
	var menu []fyne.CanvasObject
	for _, b := range view.TraylessOf(w, s.snap, s.options(), d.v) {
		menu = append(menu, d.small(b, widget.Plain))
	}
	return append(out, widget.Note(l, n, width, menu...))
}

// aside is a quiet line that says how things are.
func aside(l theme.Look, sign icon.Name, text string, width float32) fyne.CanvasObject {
	size, gap := l.Type(16), l.Space(10)
	return widget.Row(gap, widget.At(widget.Start, widget.Inset(l.Type(2), 0, 0, 0, widget.Picture(sign, l.Text2, size))),
		widget.Grow(widget.Paragraph(text, widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}, width-size-gap)))
}

func resting(l theme.Look, v view.Resting, width float32) fyne.CanvasObject {
	text := []widget.Item{
		widget.Of(widget.Centred(v.Title, widget.Face{Size: l.Type(theme.Title), Bold: true, Ink: l.Text}, width)),
		widget.Of(widget.Centred(v.Sentence, widget.Face{Size: l.Type(theme.Text), Ink: l.Text2}, width)),
	}
	if v.Second != "" {
		text = append(text, widget.Of(widget.Centred(v.Second, widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}, width)))
	}
	return widget.Inset(l.Space(20), 0, l.Space(24), 0, widget.Column(l.Space(10), append([]widget.Item{
		widget.At(widget.Middle, widget.Inset(0, 0, l.Space(12), 0, widget.StatePicture(v.Icon, l.Brand, l.Control(72)))),
	}, text...)...))
}

func person(l theme.Look, v view.SignedOn, width float32) fyne.CanvasObject {
	size := l.Control(56)
	disc := canvas.NewCircle(l.BrandSoft)
	if l.HighContrast {
		disc.StrokeColor, disc.StrokeWidth = l.Brand, l.Stroke()
	}
	letters := widget.Line(v.Initials, widget.Face{Size: l.Type(theme.Head), Bold: true, Ink: l.Brand})
	portrait := container.NewStack(widget.Blank(size, size), disc, container.NewCenter(letters))
	sign := icon.Tick
	if v.Tone != view.Good {
		sign = icon.Warning
	}
	chip := widget.Chip(l, v.Chip, v.Tone, sign)
	hours := widget.Line(v.Hours, widget.Face{Size: l.Type(theme.Least), Ink: l.Text2})
	end := widget.Column(l.Space(6), widget.At(widget.End, chip), widget.At(widget.End, hours))
	gap := l.Space(16)
	inner := width - size - gap
	stacked := end.MinSize().Width > width*0.34
	if !stacked {
		inner -= end.MinSize().Width + gap
	}
	words := []widget.Item{widget.Of(widget.Paragraph(v.Name, widget.Face{Size: l.Type(theme.Name), Bold: true, Ink: l.Text}, inner))}
	if v.Role != "" {
		words = append(words, widget.Of(widget.Paragraph(v.Role, widget.Face{Size: l.Type(theme.Text), Ink: l.Text}, inner)),
			widget.Of(widget.Paragraph(v.Place, widget.Face{Size: l.Type(theme.Second), Ink: l.Text2}, inner)))
	}
	who := widget.Row(gap, widget.At(widget.Start, portrait), widget.Grow(widget.Column(0, words...)))
	if stacked {
		return widget.Column(l.Space(10), widget.Of(who), widget.Of(widget.Row(gap, widget.At(widget.Middle, chip), widget.At(widget.Middle, hours), widget.Gap())))
	}
	return widget.Row(gap, widget.Grow(who), widget.At(widget.Start, end))
}
