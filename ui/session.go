package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"lanyard/broker/agent"
	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
	"lanyard/ui/words"
)

// grantsShown is how many applications are listed.
const grantsShown = 6

// deskWindow is the desk's own window: who is signed on and how the chain does.
type deskWindow struct {
	s     *Shell
	frame *frame
}

func newDeskWindow(s *Shell) *deskWindow {
	d := &deskWindow{s: s}
	d.frame = newFrame(s, "Lanyard", d.close)
	d.frame.window.Canvas().SetOnTypedKey(d.key)
	return d
}

// open shows the window in front.
func (d *deskWindow) open() {
	d.frame.shown = true
	d.show(d.s.snap)
	d.frame.shown = false
	d.frame.open(false)
	d.s.count()
}

// close hides the window where the tray brings it back. Where there is none it
// stays, and ends the program only if nobody is signed on.
func (d *deskWindow) close() {
	switch {
	case d.s.hosted:
		d.frame.hide()
		d.s.count()
	case d.s.snap.UID == "":
		d.s.app.Quit()
	}
}

func (d *deskWindow) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		if d.s.hosted {
			d.close()
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if v := view.SessionOf(d.s.c.Words, d.s.snap, d.s.c.Now()); v.Filled.Action != view.NoAction {
			d.s.act(v.Filled.Action)
		}
	}
}

// show draws a snapshot, if the window is to be seen.
func (d *deskWindow) show(snap agent.Snapshot) {
	if !d.frame.shown {
		return
	}
	c := d.s.c
	v := view.SessionOf(c.Words, snap, c.Now())
	p := page{title: "Lanyard", env: view.EnvironmentOf(c.Words, snap.Environment), width: sessionWidth}
	if v.Rest != nil {
		p.width = restWidth
	}
	p.body = func(width float32) fyne.CanvasObject { return d.body(v, width) }
	if foot := d.buttons(v); foot != nil {
		p.foot = foot
	}
	d.frame.put(p)
	d.s.count()
}

func (d *deskWindow) buttons(v view.Session) func(float32) fyne.CanvasObject {
	l := d.s.c.Look
	make := func(b view.Button, k widget.Kind) fyne.CanvasObject { return d.s.button(b, k, d.s.act, d.key) }
	if v.Filled != (view.Button{}) {
		return func(width float32) fyne.CanvasObject {
			return widget.Answers(l, width, make(v.Filled, widget.Filled), nil)
		}
	}
	if len(v.Left)+len(v.Right) == 0 {
		return nil
	}
	return func(width float32) fyne.CanvasObject {
		gap := l.Space(12)
		var items, below []widget.Item
		needed := float32(0)
		add := func(b view.Button) {
			o := make(b, widget.Plain)
			items, below = append(items, widget.Of(o)), append(below, widget.Of(o))
			needed += o.MinSize().Width + gap
		}
		for _, b := range v.Left {
			add(b)
		}
		items = append(items, widget.Gap())
		for _, b := range v.Right {
			add(b)
		}
		if needed > width {
			return widget.Column(gap, below...)
		}
		return widget.Row(gap, items...)
	}
}

func (d *deskWindow) body(v view.Session, width float32) fyne.CanvasObject {
	l := d.s.c.Look
	var items []widget.Item
	if v.Rest != nil {
		items = append(items, widget.Of(resting(l, *v.Rest, width)))
	}
	if v.Person != nil {
		items = append(items, widget.Of(person(l, *v.Person, width)))
	}
	if n := v.Note; n != nil {
		var buttons []fyne.CanvasObject
		if v.NoteDo != (view.Button{}) {
			buttons = append(buttons, d.s.button(v.NoteDo, widget.Filled, d.s.act, d.key).(*widget.Button).Small())
		}
		items = append(items, widget.Of(widget.Note(l, *n, width, buttons...)))
	}
	if d.s.probed && !d.s.hosted {
		w := d.s.c.Words
		items = append(items, widget.Of(widget.Note(l, view.Note{Title: w.Text(words.NoTray), Sentence: w.Text(words.NoTraySentence)}, width)))
	}
	room := l.Space(14)
	items = append(items, widget.Of(widget.Panel(l, room, widget.Strip(l, v.Links, width-2*room))))
	if v.Person != nil {
		items = append(items, widget.Of(using(l, v, width)))
	}
	if v.Owed != "" {
		items = append(items, widget.Of(widget.Paragraph(v.Owed, widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}, width)))
	}
	return widget.Column(l.Space(16), items...)
}

func resting(l theme.Look, v view.Resting, width float32) fyne.CanvasObject {
	return widget.Inset(l.Space(20), 0, l.Space(24), 0, widget.Column(l.Space(10),
		widget.At(widget.Middle, widget.Inset(0, 0, l.Space(12), 0, widget.StatePicture(v.Icon, l.Brand, l.Control(72)))),
		widget.Of(widget.Centred(v.Title, widget.Face{Size: l.Type(theme.Title), Bold: true, Ink: l.Text}, width)),
		widget.Of(widget.Centred(v.Sentence, widget.Face{Size: l.Type(theme.Text), Ink: l.Text2}, width))))
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

// using lists the applications that took a ticket.
func using(l theme.Look, v view.Session, width float32) fyne.CanvasObject {
	room := l.Space(18)
	items := []widget.Item{widget.Of(widget.Line(v.Using, widget.Face{Size: l.Type(theme.Second), Bold: true, Ink: l.Text}))}
	face := widget.Face{Size: l.Type(theme.Second), Ink: l.Text}
	quiet := widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}
	if v.NoGrant != "" {
		items = append(items, widget.Of(widget.Line(v.NoGrant, widget.Face{Size: l.Type(theme.Second), Ink: l.Text2})))
	}
	for i, g := range v.Grants {
		if i == grantsShown {
			break
		}
		inner := width - 2*room - l.Type(18) - widget.Measure(g.At, quiet) - 3*l.Space(12)
		items = append(items, widget.Of(widget.Row(l.Space(12), widget.At(widget.Middle, widget.Picture(icon.Program, l.Text2, l.Type(18))),
			widget.Grow(widget.Paragraph(g.Application, face, inner)), widget.At(widget.Middle, widget.Line(g.At, quiet)))))
	}
	return widget.Panel(l, room, widget.Column(l.Space(10), items...))
}
