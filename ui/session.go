package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"lanyard/broker/agent"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// deskWindow is the desk's own window: who is signed on and how the chain does.
type deskWindow struct {
	s     *Shell
	frame *frame
	v     view.Session // what is drawn
	user  string       // whose other places were looked for while the window is open
}

func newDeskWindow(s *Shell) *deskWindow {
	d := &deskWindow{s: s}
	d.frame = newFrame(s, "Lanyard", d.close)
	c := d.frame.window.Canvas()
	c.SetOnTypedKey(d.key)
	for key, action := range map[fyne.KeyName]view.Action{
		fyne.KeyR: view.ChangeRole, fyne.KeyL: view.LockDesk, fyne.KeyO: view.SignOut,
	} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierAlt}, func(fyne.Shortcut) { d.shortcut(action) })
	}
	return d
}

// open shows the window in front.
func (d *deskWindow) open() {
	d.user = ""
	d.frame.shown = true
	d.show(d.s.snap)
	d.frame.shown = false
	d.frame.open(false)
	d.s.prompt.front()
	d.s.count()
}

// close hides the window where the tray brings it back. Where there is none it
// stays: the desk goes on, and only this window leads to it.
func (d *deskWindow) close() {
	if d.s.hosted {
		d.frame.hide()
		d.s.count()
	}
}

func (d *deskWindow) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		d.close()
	case fyne.KeyReturn, fyne.KeyEnter:
		switch {
		case d.v.Filled.Action != view.NoAction:
			d.s.act(d.v.Filled.Action)
		case len(d.v.NoteDo) > 0:
			d.s.act(d.v.NoteDo[0].Action)
		}
	default:
		d.frame.key(e.Name)
	}
}

// shortcut does what a button of the window does, where it has that button.
func (d *deskWindow) shortcut(a view.Action) {
	for _, some := range [][]view.Button{d.v.Left, d.v.Right} {
		for _, b := range some {
			if b.Action == a {
				d.s.act(a)
			}
		}
	}
}

// show draws a snapshot, if the window is to be seen.
func (d *deskWindow) show(snap agent.Snapshot) {
	if !d.frame.shown {
		return
	}
	c := d.s.c
	d.v = view.SessionOf(c.Words, snap, d.s.options(), c.Now())
	p := page{title: "Lanyard", env: view.EnvironmentOf(c.Words, snap.Environment), width: sessionWidth, body: d.body}
	if d.v.Rest != nil {
		p.width = restWidth
	}
	if d.v.Filled != (view.Button{}) || len(d.v.Left)+len(d.v.Right) > 0 {
		p.foot = d.foot
	}
	d.frame.put(p)
	d.lookForPlaces(snap)
	d.s.count()
}

// lookForPlaces asks where else the person is signed on: once each time the
// window opens, and when another person or role signs on in front of it.
func (d *deskWindow) lookForPlaces(snap agent.Snapshot) {
	switch {
	case snap.UID == "":
		d.user = ""
	case snap.Phase == agent.SignedOn && d.user != string(snap.UID):
		d.user = string(snap.UID)
		d.s.ask.put(agent.LookForPlaces{})
	}
}

// endPlace signs the person out in another place.
func (d *deskWindow) endPlace(id string) { d.s.ask.put(agent.EndPlace{ID: id}) }

func (d *deskWindow) button(b view.Button, k widget.Kind) fyne.CanvasObject {
	return d.s.button(b, k, d.s.act, d.key)
}

// small makes a button for within the page.
func (d *deskWindow) small(b view.Button, k widget.Kind) *widget.Button {
	var press func()
	if b.Action != view.NoAction {
		press = func() { d.s.act(b.Action) }
	}
	w := widget.NewButton(d.s.c.Look, b.Text, k, press).Small()
	w.Keys = d.key
	return w
}

// foot are the buttons below the page.
func (d *deskWindow) foot(width float32) fyne.CanvasObject {
	l, v := d.s.c.Look, d.v
	if v.Filled != (view.Button{}) {
		var other fyne.CanvasObject
		if len(v.Right) > 0 {
			other = d.button(v.Right[0], widget.Plain)
		}
		return widget.Answers(l, width, d.button(v.Filled, widget.Filled), other)
	}
	objects := func(some []view.Button) (all []fyne.CanvasObject) {
		for _, b := range some {
			all = append(all, d.button(b, widget.Plain))
		}
		return all
	}
	return widget.Ends(l, width, objects(v.Left), objects(v.Right))
}
