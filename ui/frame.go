package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// Widths of the windows at 100 %.
const (
	pinWidth     = 460
	roleWidth    = 600
	troubleWidth = 560
	restWidth    = 560
	sessionWidth = 680
	drawerWidth  = 420
)

// tallest is how tall a window becomes before its middle scrolls.
const tallest = 700

// frame is a window of ours: a fixed width, the height that its content needs,
// the environment on top. Its content is replaced in place, so that the focus
// stays where it is.
type frame struct {
	window fyne.Window
	look   theme.Look
	root   *fyne.Container
	shown  bool
	// byPlace: the focus stays where it is, whatever the button there says.
	byPlace bool
	stays   bool // where the window manager put it
	width   float32
	height  float32
	title   string
	scroll  *container.Scroll // the middle, where it is taller than the window may be
}

func newFrame(s *Shell, title string, closed func()) *frame {
	f := &frame{window: s.app.NewWindow(title), look: s.c.Look, root: container.NewStack()}
	f.window.SetPadded(false)
	f.window.SetFixedSize(true)
	f.window.SetContent(f.root)
	f.window.SetCloseIntercept(closed)
	s.frames = append(s.frames, f)
	return f
}

// page is what a frame shows.
type page struct {
	title  string
	env    view.Environment
	person string
	width  float32 // at 100 %
	body   func(width float32) fyne.CanvasObject
	foot   func(width float32) fyne.CanvasObject // stays where the body scrolls; nil: none
	// keeps: the window gets no smaller. This page goes soon, and of two sizes
	// asked for within a moment the toolkit may keep the first.
	keeps bool
}

// side is what a page leaves free on its sides at 100 %.
const side = 28

// margins are what a page leaves free above its body, below it and below its
// foot at 100 %.
type margins struct{ top, middle, bottom float32 }

func (m margins) around(l theme.Look, body, foot fyne.CanvasObject) (inset, below fyne.CanvasObject) {
	sides := l.Space(side)
	inset, below = widget.Inset(l.Space(m.top), sides, l.Space(m.middle), sides, body), widget.Blank(0, 0)
	if foot != nil {
		below = widget.Inset(l.Space(4), sides, l.Space(m.bottom), sides, foot)
	}
	return inset, below
}

// fitting are a page's margins and the height that it needs with them: narrow
// ones where it would have to scroll only because of wide ones.
func fitting(l theme.Look, head, body, foot fyne.CanvasObject) (margins, float32) {
	height := func(m margins) float32 {
		inset, below := m.around(l, body, foot)
		return head.MinSize().Height + inset.MinSize().Height + below.MinSize().Height
	}
	wide, narrow := margins{24, 20, 26}, margins{14, 10, 16}
	if h := height(wide); h <= tallest {
		return wide, h
	}
	if h := height(narrow); h <= tallest {
		return narrow, h
	}
	return wide, height(wide)
}

// fits tells whether a page is to be seen without scrolling.
func (f *frame) fits(p page) bool {
	width := f.look.Width(p.width)
	inner := width - 2*f.look.Space(side)
	_, height := fitting(f.look, widget.Head(f.look, p.env, p.person, width), p.body(inner), p.foot(inner))
	return height <= tallest
}

// put shows a page.
func (f *frame) put(p page) {
	l := f.look
	width := l.Width(p.width)
	inner := width - 2*l.Space(side)
	head := widget.Head(l, p.env, p.person, width)
	body, foot := p.body(inner), fyne.CanvasObject(nil)
	if p.foot != nil {
		foot = p.foot(inner)
	}
	m, height := fitting(l, head, body, foot)
	before := f.scroll
	f.scroll = nil
	middle, below := m.around(l, body, foot)
	if height > tallest {
		height = tallest
		if foot != nil {
			below = widget.Column(0, widget.Of(widget.Rule(l)), widget.Of(widget.Inset(l.Space(10), 0, 0, 0, below)))
		}
		scroll := container.NewVScroll(middle)
		scroll.SetMinSize(fyne.NewSize(0, l.Space(120)))
		if before != nil && f.title == p.title {
			scroll.Offset = before.Offset // a redrawn page does not jump
		}
		middle, f.scroll = scroll, scroll
	}
	if p.keeps && width == f.width {
		height = max(height, f.height)
	}
	f.title, f.height = p.title, height
	focused := f.focused()
	f.root.Objects = []fyne.CanvasObject{widget.Column(0, widget.Of(head), widget.Grow(middle), widget.Of(below))}
	f.root.Refresh()
	f.refocus(focused)
	if f.scroll != nil {
		f.reveal(f.scroll)
	}
	f.window.SetTitle(p.title)
	f.window.Resize(fyne.NewSize(width, height))
	if width != f.width && !f.stays {
		f.width = width
		f.window.CenterOnScreen() // one that grows must not run off the screen
	}
}

// reveal has buttons that get the focus scroll into sight.
func (f *frame) reveal(scroll *container.Scroll) {
	for _, b := range buttons(scroll.Content) {
		b.Gained = func() {
			top, _ := below(scroll.Content, b)
			room := f.look.Space(16) // for the ring, too
			y := min(max(scroll.Offset.Y, top+b.Size().Height+room-scroll.Size().Height), max(top-room, 0))
			scroll.ScrollToOffset(fyne.NewPos(0, y))
		}
	}
}

// key scrolls what is taller than the window, where nothing else wants the key.
func (f *frame) key(name fyne.KeyName) {
	if f.scroll == nil {
		return
	}
	page := f.scroll.Size().Height
	step := map[fyne.KeyName]float32{
		fyne.KeyDown: f.look.Type(48), fyne.KeyUp: -f.look.Type(48), fyne.KeyPageDown: page * 0.9, fyne.KeyPageUp: -page * 0.9,
		fyne.KeyEnd: f.scroll.Content.Size().Height, fyne.KeyHome: -f.scroll.Content.Size().Height,
	}[name]
	end := max(0, f.scroll.Content.Size().Height-page)
	f.scroll.ScrollToOffset(fyne.NewPos(0, min(max(f.scroll.Offset.Y+step, 0), end)))
}

// below tells how far an object stands below the top of a tree; false where it
// is not in it.
func below(tree, o fyne.CanvasObject) (float32, bool) {
	if tree == o {
		return 0, true
	}
	c, ok := tree.(*fyne.Container)
	if !ok {
		return 0, false
	}
	for _, inner := range c.Objects {
		if y, ok := below(inner, o); ok {
			return inner.Position().Y + y, true
		}
	}
	return 0, false
}

// focused is the button that has the focus, so that its successor gets it.
func (f *frame) focused() spot {
	b, ok := f.window.Canvas().Focused().(*widget.Button)
	if !ok {
		return spot{}
	}
	return spot{had: true, lit: b.Lit(), label: b.AccessibilityLabel(), at: slices.Index(buttons(f.root), b)}
}

// spot is where a button stands, and what it says.
type spot struct {
	had   bool
	lit   bool // its ring is seen
	label string
	at    int
}

// refocus gives the focus to the button that stands where the old one did, or
// that says the same; a button that says something else would be pressed by a
// hand that means the old one, so then none has it, but where the place counts.
func (f *frame) refocus(old spot) {
	if !old.had {
		return
	}
	now := buttons(f.root)
	if old.at >= 0 && old.at < len(now) && (f.byPlace || now[old.at].AccessibilityLabel() == old.label) {
		f.give(now[old.at], old.lit)
		return
	}
	for _, b := range now {
		if b.AccessibilityLabel() == old.label {
			f.give(b, old.lit)
			return
		}
	}
	f.window.Canvas().Unfocus()
}

// give gives the focus within the window to the successor of what had it. The
// ring is seen only where it was seen: another window may be in front.
func (f *frame) give(o fyne.Focusable, lit bool) {
	f.window.Canvas().Focus(o)
	if !lit {
		o.FocusLost()
	}
}

// buttons are those of a tree, in reading order.
func buttons(o fyne.CanvasObject) []*widget.Button {
	switch o := o.(type) {
	case *widget.Button:
		return []*widget.Button{o}
	case *fyne.Container:
		var all []*widget.Button
		for _, inner := range o.Objects {
			all = append(all, buttons(inner)...)
		}
		return all
	case *container.Scroll:
		return buttons(o.Content)
	default:
		return nil
	}
}

// open shows the window in front and with the focus. One that is visible and
// has lost it is hidden first: only a window that comes anew gets the focus
// from every window manager.
func (f *frame) open(onTop bool) {
	if f.shown {
		f.window.Hide()
	}
	if w, ok := f.window.(desktop.Window); ok && onTop {
		w.RequestAlwaysOnTop()
	}
	f.shown = true
	f.window.Show()
}

// hide takes the window away.
func (f *frame) hide() {
	if f.shown {
		f.shown = false
		f.window.Hide()
	}
}

// button makes a button for an action; the zero Button makes none.
func (s *Shell) button(b view.Button, k widget.Kind, press func(view.Action), keys func(*fyne.KeyEvent)) fyne.CanvasObject {
	if b == (view.Button{}) {
		return nil
	}
	var f func()
	if b.Action != view.NoAction {
		f = func() { press(b.Action) }
	}
	w := widget.NewButton(s.c.Look, b.Text, k, f)
	w.Keys = keys
	return w
}
