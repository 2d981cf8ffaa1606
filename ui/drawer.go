package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lanyard/broker/agent"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// Drawer is the practice mode: cards of invented people that go in and out, and
// trouble to be made. Its methods may be called from every goroutine; those
// that take a context may take their time.
type Drawer interface {
	Stands() view.Practice
	Insert(ctx context.Context, name string) error
	Remove(ctx context.Context) error
	SetFault(ctx context.Context, f view.PracticeFault, on bool) error
	// Changes holds a value after what Stands returns changed by itself.
	Changes() <-chan struct{}
}

// drawerWindow puts cards in, takes them out and makes trouble.
type drawerWindow struct {
	s      *Shell
	frame  *frame
	undone bool   // what was asked for last was not done
	stops  []stop // what the arrows go along, in the order of the window
	*queue[ask]
}

// ask is something to be done at the drawer, in turn with all others.
type ask func(ctx context.Context, d Drawer) error

// stop is a control that the arrows go to.
type stop interface {
	fyne.CanvasObject
	fyne.Focusable
	Lit() bool
}

func newDrawerWindow(s *Shell) *drawerWindow {
	d := &drawerWindow{s: s, queue: newQueue[ask]()}
	d.frame = newFrame(s, "", func() { s.app.Quit() })
	d.frame.byPlace, d.frame.stays = true, true
	d.frame.window.Canvas().SetOnTypedKey(d.key)
	return d
}

// key takes the card out on Escape, and goes along the window on the arrows.
func (d *drawerWindow) key(e *fyne.KeyEvent) {
	at, last := d.at(), len(d.stops)-1
	switch e.Name {
	case fyne.KeyEscape:
		d.card("")
	case fyne.KeyUp, fyne.KeyLeft:
		d.step(at, -1)
	case fyne.KeyDown, fyne.KeyRight:
		d.step(at, 1)
	case fyne.KeyHome:
		d.step(-1, 1)
	case fyne.KeyEnd:
		d.step(last+1, -1)
	}
}

// at is where the focus is; -1 where it is nowhere.
func (d *drawerWindow) at() int {
	focused := d.frame.window.Canvas().Focused()
	for i, s := range d.stops {
		if fyne.Focusable(s) == focused {
			return i
		}
	}
	return -1
}

// step gives the focus to the next control that can have it.
func (d *drawerWindow) step(at, by int) {
	for at += by; at >= 0 && at < len(d.stops); at += by {
		if off, ok := d.stops[at].(fyne.Disableable); !ok || !off.Disabled() {
			d.frame.window.Canvas().Focus(d.stops[at])
			return
		}
	}
}

// open shows the drawer.
func (d *drawerWindow) open() {
	d.frame.shown = true
	d.show()
	d.frame.shown = false
	d.frame.open(false)
}

// card has a card put in, after the one that is in was taken out; no name:
// none is put in.
func (d *drawerWindow) card(name string) {
	d.put(func(ctx context.Context, r Drawer) error {
		if err := r.Remove(ctx); err != nil || name == "" {
			return err
		}
		return r.Insert(ctx, name)
	})
}

// run does what is asked for until ctx ends.
func (d *drawerWindow) run(ctx context.Context) {
	r := d.s.c.Drawer
	for {
		undone := false
		select {
		case <-ctx.Done():
			return
		case <-r.Changes():
			d.s.to.do(d.show)
			continue
		case <-d.wake:
		}
		for _, a := range d.take() {
			err := a(ctx, r)
			if undone = err != nil && ctx.Err() == nil; undone {
				d.s.c.Log.ErrorContext(ctx, "the drawer did not do what was asked for", "err", err)
			}
		}
		d.s.to.do(func() {
			d.undone = undone
			d.show()
		})
	}
}

// show draws the drawer as it stands, if it is to be seen.
func (d *drawerWindow) show() {
	if !d.frame.shown {
		return
	}
	env := d.s.snap.Environment
	if d.s.snap.Seq == 0 {
		env = agent.Environment{Name: "demo"}
	}
	w := d.s.c.Words
	v := view.DrawerOf(w, d.s.c.Drawer.Stands(), view.EnvironmentOf(w, env), d.undone)
	at, lit := d.at(), false
	if at >= 0 {
		lit = d.stops[at].Lit()
	}
	d.stops = nil
	d.frame.put(page{
		title: v.Title, env: v.Env, width: drawerWidth,
		body: func(width float32) fyne.CanvasObject { return d.body(v, width) },
		foot: func(width float32) fyne.CanvasObject { return d.foot(v, width) },
	})
	if at >= 0 {
		d.refocus(at, lit)
	}
}

// refocus gives the focus to what stands where it was.
func (d *drawerWindow) refocus(at int, lit bool) {
	s := d.stops[at]
	if off, ok := s.(fyne.Disableable); !ok || !off.Disabled() {
		d.frame.give(s, lit)
	}
}

func (d *drawerWindow) body(v view.Drawer, width float32) fyne.CanvasObject {
	l := d.s.c.Look
	items := []widget.Item{widget.Of(widget.Column(l.Space(4),
		widget.Of(widget.Paragraph(v.Title, widget.Face{Size: l.Type(theme.Title), Bold: true, Ink: l.Text}, width)),
		widget.Of(widget.Paragraph(v.Sentence, widget.Face{Size: l.Type(theme.Second), Ink: l.Text2}, width))))}
	if v.Note != nil {
		items = append(items, widget.Of(widget.Note(l, *v.Note, width)))
	}
	for _, c := range v.Cards {
		items = append(items, widget.Of(d.row(c, width)))
	}
	return widget.Column(l.Space(8), items...)
}

// row is a card with its button.
func (d *drawerWindow) row(c view.DrawerCard, width float32) fyne.CanvasObject {
	l, kind := d.s.c.Look, widget.Plain
	paint := widget.Paint{Fill: l.Surface, Stroke: l.Line, Width: l.Stroke(), Corner: theme.CornerField}
	if c.In {
		kind = widget.Filled
		paint.Fill, paint.Stroke, paint.Width = l.BrandSoft, l.Brand, l.Selection()
	}
	press := func() { d.card(c.Next) }
	if c.Off {
		press = nil
	}
	b := widget.NewButton(l, c.Button, kind, press).Small().Named(c.Says)
	b.Keys = d.key
	d.stops = append(d.stops, b)
	room := l.Space(8)
	picture := widget.CardPicture(l, c.Usable)
	inner := width - 2*room - picture.MinSize().Width - b.MinSize().Width - 2*l.Space(12)
	name := widget.Paragraph(c.Label, widget.Face{Size: l.Type(theme.Text), Bold: true, Ink: l.Text}, inner)
	about := widget.Paragraph(c.About, widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}, inner)
	return widget.Surface(paint, room, widget.Row(l.Space(12), widget.At(widget.Middle, picture),
		widget.Item{Object: widget.Column(0, widget.Of(name), widget.Of(about)), Align: widget.Middle, Grow: true}, widget.At(widget.Middle, b)))
}

// foot is what stays in sight while the cards scroll: the passcode and the
// switches.
func (d *drawerWindow) foot(v view.Drawer, width float32) fyne.CanvasObject {
	l := d.s.c.Look
	return widget.Column(l.Space(8),
		widget.Of(widget.Paragraph(v.Secrets, widget.Face{Size: l.Type(theme.Second), Bold: true, Ink: l.Text}, width)),
		widget.Of(widget.Paragraph(v.Trouble, widget.Face{Size: l.Type(theme.Text), Bold: true, Ink: l.Text}, width)),
		widget.Of(d.switches(v, width)))
}

// switches stand in two columns.
func (d *drawerWindow) switches(v view.Drawer, width float32) fyne.CanvasObject {
	l, gap := d.s.c.Look, d.s.c.Look.Space(16)
	half := (width - gap) / 2
	var rows []widget.Item
	for i := 0; i < len(v.Switches); i += 2 {
		var pair []widget.Item
		for _, s := range v.Switches[i:min(i+2, len(v.Switches))] {
			c := widget.NewCheck(l, s.Text, s.Says, s.On, half, func(on bool) {
				d.put(func(ctx context.Context, r Drawer) error { return r.SetFault(ctx, s.Fault, on) })
			})
			c.Keys = d.key
			d.stops = append(d.stops, c)
			pair = append(pair, widget.At(widget.Middle, container.NewGridWrap(fyne.NewSize(half, c.MinSize().Height), c)))
		}
		rows = append(rows, widget.Of(widget.Row(gap, pair...)))
	}
	return widget.Column(l.Space(4), rows...)
}
