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

// body is the head and the list of rows.
func (d *diagnosticsWindow) body(width float32) fyne.CanvasObject {
	l, v := d.s.c.Look, d.view
	size, gap := l.Control(44), l.Space(14)
	inner := width - size - gap
	head := widget.Row(gap, widget.At(widget.Middle, verdictDisc(l, v.Tone, size)), widget.Item{
		Grow: true, Align: widget.Middle, Object: widget.Column(l.Space(2),
			widget.Of(widget.Paragraph(v.Title, widget.Face{Size: l.Type(theme.Title), Bold: true, Ink: l.Text}, inner)),
			widget.Of(widget.Paragraph(v.Sentence, widget.Face{Size: l.Type(theme.Second), Ink: l.Text2}, inner))),
	})
	room := l.Space(18)
	lines := make([]view.Line, len(v.Rows))
	for i, r := range v.Rows {
		lines[i] = r.Line
	}
	d.lines.Set(l, v.List, lines, width-2*room)
	list := widget.Surface(widget.Paint{Fill: l.Surface, Stroke: l.Line, Width: l.Stroke(), Corner: theme.CornerCard}, 0,
		widget.Inset(l.Space(6), room, l.Space(6), room, d.lines))
	items := []widget.Item{widget.Of(head)}
	if d.note != nil && l.Scale >= crowdedFrom {
		items = append(items, widget.Of(d.outcome(width)))
	}
	return widget.Column(l.Space(16), append(items, widget.Of(list))...)
}

// outcome is what became of the last button: above the buttons, or where the
// text is large and they would not fit below it, on top of the rows.
func (d *diagnosticsWindow) outcome(width float32) fyne.CanvasObject {
	c := d.s.c
	var buttons []fyne.CanvasObject
	if d.folder != "" {
		b := widget.NewButton(c.Look, c.Words.Text(words.DiagShowFolder), widget.Plain, d.browse).Small()
		b.Keys = d.key
		buttons = append(buttons, b)
	}
	return widget.Note(c.Look, *d.note, width, buttons...)
}

// verdictDisc is the sign of the whole.
func verdictDisc(l theme.Look, t view.Tone, size float32) fyne.CanvasObject {
	tint, sign := theme.Ink{Ink: l.Brand, Soft: l.BrandSoft}, icon.Search
	switch t {
	case view.Good:
		tint, sign = l.Palette.OK, icon.Tick
	case view.Careful, view.Bad:
		tint, sign = l.Palette.Warn, icon.Warning
	case view.Neutral:
	}
	disc := canvas.NewCircle(tint.Soft)
	disc.StrokeColor, disc.StrokeWidth = l.Frame(tint.Ink)
	return container.NewStack(widget.Blank(size, size), disc, container.NewCenter(widget.Picture(sign, tint.Ink, size*0.55)))
}

// foot is what became of the last button, the wish for names, and the buttons.
func (d *diagnosticsWindow) foot(width float32) fyne.CanvasObject {
	l, v := d.s.c.Look, d.view
	var items []widget.Item
	if d.note != nil && l.Scale < crowdedFrom {
		items = append(items, widget.Of(d.outcome(width)))
	}
	names := widget.NewCheck(l, v.Names, v.Names, d.names, width, func(on bool) { d.names = on; d.show() })
	names.Keys = d.key
	save, copyIt, again := d.button(v.Save, d.save), d.button(v.Copy, d.copy), d.button(v.Again, d.examine)
	gap := l.Space(12)
	needed := save.MinSize().Width + copyIt.MinSize().Width + again.MinSize().Width + 3*gap
	row := widget.Row(gap, widget.Of(save), widget.Of(copyIt), widget.Gap(), widget.Of(again))
	if needed > width {
		row = widget.Column(gap, widget.Of(save), widget.Of(copyIt), widget.Of(again))
	}
	return widget.Column(l.Space(10), append(items, widget.At(widget.Start, names), widget.Of(row))...)
}

// button makes a button of the foot; before all has come only the last is on.
func (d *diagnosticsWindow) button(text string, press func()) *widget.Button {
	if !d.done && text != d.view.Again {
		press = nil
	}
	b := widget.NewButton(d.s.c.Look, text, widget.Plain, press)
	b.Keys = d.key
	return b
}

// sight scrolls a row into sight.
func (d *diagnosticsWindow) sight(top, height float32) {
	scroll := d.frame.scroll
	if scroll == nil {
		return
	}
	at, ok := below(scroll.Content, d.lines)
	if !ok {
		return
	}
	room := d.frame.look.Space(12)
	y := min(max(scroll.Offset.Y, at+top+height+room-scroll.Size().Height), max(at+top-room, 0))
	if at+top < scroll.Size().Height/2 {
		y = 0 // the head, too
	}
	scroll.ScrollToOffset(fyne.NewPos(0, y))
}
