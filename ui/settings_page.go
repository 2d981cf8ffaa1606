package ui

import (
	"fyne.io/fyne/v2"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// show draws what is set, if the window is to be seen.
func (w *settingsWindow) show() {
	if !w.frame.shown || w.setup == nil {
		return
	}
	c := w.s.c
	setup := *w.setup
	setup.Style, setup.Idle = c.Style, w.s.snap.UID == ""
	v := view.SettingsOf(c.Words, setup)
	w.shows = w.s.snap
	had := w.holds()
	w.controls = make(map[string]control)
	w.field.SetLook(c.Look, "")
	w.frame.put(page{
		title: v.Title, env: view.EnvironmentOf(c.Words, w.s.snap.Environment), width: settingsWidth,
		body: func(width float32) fyne.CanvasObject { return w.body(v, width) },
		foot: func(width float32) fyne.CanvasObject {
			l := c.Look
			b := w.s.button(v.Close, widget.Plain, w.act, w.key)
			kept := widget.Paragraph(v.Kept, widget.Face{Size: l.Type(theme.Second), Ink: l.Text2}, width-b.MinSize().Width-l.Space(12))
			return widget.Picked(l, width, kept, b)
		},
	})
	if f, ok := w.controls[w.at]; ok && had {
		w.frame.window.Canvas().Focus(f)
	}
}

// holds tells whether one of the rows has the focus, or nothing has: then the
// row that had it last gets it again.
func (w *settingsWindow) holds() bool {
	_, button := w.frame.window.Canvas().Focused().(*widget.Button)
	return !button
}

func (w *settingsWindow) body(v view.Settings, width float32) fyne.CanvasObject {
	l := w.s.c.Look
	items := []widget.Item{widget.Of(widget.Paragraph(v.Title, widget.Face{Size: l.Type(theme.Title), Bold: true, Ink: l.Text}, width))}
	if v.Note != nil {
		var buttons []fyne.CanvasObject
		if b, ok := w.s.button(v.NoteDo, widget.Filled, w.act, w.key).(*widget.Button); ok {
			buttons = append(buttons, b.Small())
		}
		items = append(items, widget.Of(widget.Note(l, *v.Note, width, buttons...)))
	}
	room := l.Space(20)
	for _, g := range v.Groups {
		var rows []widget.Item
		for i, r := range g {
			if i > 0 {
				rows = append(rows, widget.Of(widget.Rule(l)))
			}
			rows = append(rows, widget.Of(widget.Inset(l.Space(9), 0, l.Space(9), 0, w.row(r, width-2*room))))
		}
		items = append(items, widget.Of(widget.Panel(l, 0, widget.Inset(l.Space(4), room, l.Space(4), room, widget.Column(0, rows...)))))
	}
	return widget.Column(l.Space(16), items...)
}

// row is a setting with what changes it: at the end of its line, or below the
// words where the line is too short for both.
func (w *settingsWindow) row(r view.Setting, width float32) fyne.CanvasObject {
	l := w.s.c.Look
	gap := l.Space(16)
	if r.Control == view.Check {
		return w.check(r, width)
	}
	end := w.end(r, width)
	if end == nil {
		return least(l, rowWords(l, r, width))
	}
	inner := width - end.MinSize().Width - gap
	name := widget.Measure(r.Name, widget.Face{Size: l.Type(theme.Text), Bold: true})
	if r.Key == view.PasswordKey || inner < min(name, width*0.36) {
		below := widget.At(widget.Start, end)
		if r.Control == view.Password {
			below = widget.Of(end)
		}
		return widget.Column(l.Space(8), widget.Of(rowWords(l, r, width)), below)
	}
	return least(l, widget.Row(gap, widget.Item{Object: rowWords(l, r, inner), Align: widget.Middle, Grow: true}, widget.At(widget.Middle, end)))
}

// least gives a row the height of a target.
func least(l theme.Look, o fyne.CanvasObject) fyne.CanvasObject {
	return widget.Row(0, widget.At(widget.Middle, widget.Blank(0, l.Control(38))), widget.Item{Object: o, Align: widget.Middle, Grow: true})
}

func rowWords(l theme.Look, r view.Setting, width float32) fyne.CanvasObject {
	items := []widget.Item{widget.Of(widget.Paragraph(r.Name, widget.Face{Size: l.Type(theme.Text), Bold: true, Ink: l.Text}, width))}
	if r.Second != "" {
		items = append(items, widget.Of(widget.Paragraph(r.Second, widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}, width)))
	}
	return widget.Column(l.Space(2), items...)
}

// end is what stands at the end of a row; nil for nothing.
func (w *settingsWindow) end(r view.Setting, width float32) fyne.CanvasObject {
	switch l := w.s.c.Look; {
	case r.Managed != "":
		return managed(l, r.Managed)
	case r.Control == view.Segments:
		c := widget.NewChoice(l, r.Name, texts(r), r.Chosen, width)
		c.Pick = func(i int) { w.change(r.Key, r.Choices[i].Value) }
		c.Keys, c.Gained = w.key, w.gained(r.Key, c)
		w.controls[r.Key] = c
		return c
	case r.Control == view.Picker:
		c := widget.NewPicker(l, r.Name, texts(r), r.Chosen, min(width, l.Width(330)))
		c.Pick = func(i int) { w.change(r.Key, r.Choices[i].Value) }
		c.Keys, c.Gained = w.key, w.gained(r.Key, c)
		w.controls[r.Key] = c
		return c
	case r.Control == view.Password:
		return w.password(r, width)
	case r.Other != (view.Button{}):
		return w.s.button(r.Other, widget.Plain, w.act, w.key).(*widget.Button).Small()
	default:
		return nil
	}
}

// gained notes where the focus is, and has it in sight.
func (w *settingsWindow) gained(key string, o fyne.CanvasObject) func() {
	return func() {
		w.at = key
		w.frame.bring(o)
	}
}

func (w *settingsWindow) check(r view.Setting, width float32) fyne.CanvasObject {
	l := w.s.c.Look
	c := widget.NewCheckRow(l, r.Name, rowWords(l, r, width-widget.CheckRoom(l)), r.On)
	c.Set = func(on bool) { w.change(r.Key, on) }
	c.Keys, c.Gained = w.key, w.gained(r.Key, c)
	w.controls[r.Key] = c
	return least(l, c)
}

// password is the field with the button that keeps what is typed.
func (w *settingsWindow) password(r view.Setting, width float32) fyne.CanvasObject {
	l := w.s.c.Look
	w.field.SetLook(l, r.Name)
	w.field.Gained = w.gained(r.Key, w.field)
	w.controls[r.Key] = w.field
	b := w.s.button(r.Do, widget.Plain, w.act, w.key).(*widget.Button).Small()
	gap := l.Space(12)
	if room := width - b.MinSize().Width - gap; room >= w.field.MinSize().Width {
		return widget.Row(gap, widget.Grow(w.field), widget.At(widget.Middle, b))
	}
	return widget.Column(l.Space(8), widget.Of(w.field), widget.At(widget.Start, b))
}

// managed is what stands where the site decides.
func managed(l theme.Look, text string) fyne.CanvasObject {
	return widget.Row(l.Space(8), widget.At(widget.Middle, widget.Picture(icon.Lock, l.Text2, l.Type(15))),
		widget.At(widget.Middle, widget.Line(text, widget.Face{Size: l.Type(theme.Second), Ink: l.Text2})))
}

func texts(r view.Setting) []string {
	out := make([]string, len(r.Choices))
	for i, c := range r.Choices {
		out[i] = c.Text
	}
	return out
}
