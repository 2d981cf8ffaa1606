package ui

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"

	"lanyard/broker/agent"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
	"lanyard/ui/words"
)

// Drawer is the practice mode: cards of invented people that go in and out.
// Its methods may be called from every goroutine; Insert and Remove may take
// their time.
type Drawer interface {
	Cards() []Practice
	Inserted() string // name of the card that is in; empty for none
	Insert(ctx context.Context, name string) error
	Remove(ctx context.Context) error
	Passcode() string // of every card in the drawer: it is no secret
}

// Practice is a card of the drawer.
type Practice struct {
	Name  string // what Insert takes
	Label string // of whom
	Roles int    // how many roles its holder has, where that is what it shows
	Kind  PracticeKind
}

// PracticeKind is what a card is for.
type PracticeKind int

// The kinds.
const (
	Works PracticeKind = iota
	RanOut
	LockedCard
	UnknownUser
	ClosedUser
)

// drawerWindow puts cards in and takes them out.
type drawerWindow struct {
	s     *Shell
	frame *frame

	mu   sync.Mutex
	next *string // the card to be in; empty: none
	wake chan struct{}
}

func newDrawerWindow(s *Shell) *drawerWindow {
	d := &drawerWindow{s: s, wake: make(chan struct{}, 1)}
	d.frame = newFrame(s, "", func() { s.app.Quit() })
	d.frame.byPlace, d.frame.stays = true, true
	d.frame.window.Canvas().SetOnTypedKey(d.key)
	return d
}

func (d *drawerWindow) key(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		d.want("")
	}
}

// open shows the drawer.
func (d *drawerWindow) open() {
	d.show()
	d.frame.open(false)
}

// want has a card put in, after the one that is in was taken out.
func (d *drawerWindow) want(name string) {
	d.mu.Lock()
	d.next = &name
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// run moves cards until ctx ends.
func (d *drawerWindow) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		}
		d.mu.Lock()
		next := d.next
		d.next = nil
		d.mu.Unlock()
		if next == nil {
			continue
		}
		err := d.s.c.Drawer.Remove(ctx)
		if err == nil && *next != "" {
			err = d.s.c.Drawer.Insert(ctx, *next)
		}
		if err != nil && ctx.Err() == nil {
			d.s.c.Log.ErrorContext(ctx, "a card could not be moved", "err", err)
		}
		d.s.to.do(d.show)
	}
}

// show draws the cards.
func (d *drawerWindow) show() {
	c := d.s.c
	env := d.s.snap.Environment
	if d.s.snap.Seq == 0 {
		env = agent.Environment{Name: "demo"}
	}
	d.frame.put(page{
		title: c.Words.Text(words.DrawerTitle), env: view.EnvironmentOf(c.Words, env), width: drawerWidth,
		body: d.body,
	})
}

func (d *drawerWindow) body(width float32) fyne.CanvasObject {
	c := d.s.c
	l, w := c.Look, c.Words
	items := []widget.Item{widget.Of(widget.Column(l.Space(4),
		widget.Of(widget.Paragraph(w.Text(words.DrawerTitle), widget.Face{Size: l.Type(theme.Title), Bold: true, Ink: l.Text}, width)),
		widget.Of(widget.Paragraph(w.Text(words.DrawerSentence), widget.Face{Size: l.Type(theme.Second), Ink: l.Text2}, width)),
		widget.Of(widget.Paragraph(w.Text(words.DrawerPIN, "pin", c.Drawer.Passcode()), widget.Face{Size: l.Type(theme.Second), Bold: true, Ink: l.Text}, width))))}
	in := c.Drawer.Inserted()
	for _, k := range c.Drawer.Cards() {
		items = append(items, widget.Of(d.row(k, k.Name == in, width)))
	}
	return widget.Column(l.Space(8), items...)
}

// row is a card with its button.
func (d *drawerWindow) row(k Practice, in bool, width float32) fyne.CanvasObject {
	l, w := d.s.c.Look, d.s.c.Words
	text, kind, next := w.Text(words.DrawerPut), widget.Plain, k.Name
	paint := widget.Paint{Fill: l.Surface, Stroke: l.Line, Width: l.Stroke(), Corner: theme.CornerField}
	if in {
		text, kind, next = w.Text(words.TakeOut), widget.Filled, ""
		paint.Fill, paint.Stroke, paint.Width = l.BrandSoft, l.Brand, l.Selection()
	}
	b := widget.NewButton(l, text, kind, func() { d.want(next) }).Small()
	b.Keys = d.key
	room := l.Space(8)
	picture := widget.CardPicture(l, k.Kind == Works)
	inner := width - 2*room - picture.MinSize().Width - b.MinSize().Width - 2*l.Space(12)
	name := widget.Paragraph(k.Label, widget.Face{Size: l.Type(theme.Text), Bold: true, Ink: l.Text}, inner)
	what := widget.Paragraph(d.about(k), widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}, inner)
	return widget.Surface(paint, room, widget.Row(l.Space(12), widget.At(widget.Middle, picture),
		widget.Item{Object: widget.Column(0, widget.Of(name), widget.Of(what)), Align: widget.Middle, Grow: true}, widget.At(widget.Middle, b)))
}

func (d *drawerWindow) about(k Practice) string {
	w := d.s.c.Words
	switch k.Kind {
	case RanOut:
		return w.Text(words.KindExpired)
	case LockedCard:
		return w.Text(words.KindLocked)
	case UnknownUser:
		return w.Text(words.KindUnknown)
	case ClosedUser:
		return w.Text(words.KindClosed)
	default:
		return w.Count(words.RoleCount, k.Roles)
	}
}
