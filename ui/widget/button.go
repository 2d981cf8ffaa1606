package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"lanyard/ui/theme"
)

// Kind is how much a button asks to be pressed.
type Kind int

// The kinds. A window has one filled button at most.
const (
	Plain  Kind = iota // a frame
	Filled             // the answer to the window's question
	Quiet              // words only
)

// Button is a verb with its thing. Enter and Space press it while it has the
// focus; a key that it does not take goes to Keys.
type Button struct {
	base.BaseWidget
	Keys   func(*fyne.KeyEvent) // nil: nobody else wants keys
	Gained func()               // told that it has the focus now; nil: nobody wants to know
	Spared bool                 // Enter does not press it: somebody else's would take back what is going on

	look    theme.Look
	text    string
	label   string // for a screen reader, where the words alone do not tell which one it is
	kind    Kind
	small   bool
	press   func() // nil: off
	focused bool
	hovered bool
}

// NewButton makes a button; without press it is off.
func NewButton(l theme.Look, text string, k Kind, press func()) *Button {
	b := &Button{look: l, text: text, kind: k, press: press}
	b.ExtendBaseWidget(b)
	return b
}

// Small makes it fit within a row or a note.
func (b *Button) Small() *Button {
	b.small = true
	return b
}

// Named gives it another name for a screen reader.
func (b *Button) Named(label string) *Button {
	b.label = label
	return b
}

// Tapped presses the button.
func (b *Button) Tapped(*fyne.PointEvent) { b.fire() }

func (b *Button) fire() {
	if b.press != nil {
		b.press()
	}
}

// FocusGained shows the ring.
func (b *Button) FocusGained() {
	b.focused = true
	b.Refresh()
	if b.Gained != nil {
		b.Gained()
	}
}

// FocusLost hides it.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// Lit tells whether the ring is seen.
func (b *Button) Lit() bool { return b.focused }

// Disabled tells whether it is off; then the focus passes it by.
func (b *Button) Disabled() bool { return b.press == nil }

// Enable is of no use: a button is on where it has something to do.
func (b *Button) Enable() {}

// Disable turns it off.
func (b *Button) Disable() { b.press = nil; b.Refresh() }

// TypedKey presses on Enter and Space.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	enter := e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter
	switch {
	case e.Name == fyne.KeySpace, enter && !b.Spared:
		b.fire()
	case b.Keys != nil:
		b.Keys(e)
	}
}

// TypedRune takes none: letters are for the keyboard's own shortcuts.
func (b *Button) TypedRune(rune) {}

// MouseIn tints it.
func (b *Button) MouseIn(*desktop.MouseEvent) { b.hovered = true; b.Refresh() }

// MouseMoved does nothing more.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tint away.
func (b *Button) MouseOut() { b.hovered = false; b.Refresh() }

// AccessibilityLabel is what a screen reader says.
func (b *Button) AccessibilityLabel() string {
	if b.label != "" {
		return b.label
	}
	return b.text
}

// AccessibilityRole is a button's.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer draws it.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{b: b, ground: canvas.NewRectangle(color.Transparent), ring: newRing(b.look), text: canvas.NewText("", b.look.Text)}
	r.text.Alignment = fyne.TextAlignCenter
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b      *Button
	ground *canvas.Rectangle
	ring   *canvas.Rectangle
	text   *canvas.Text
}

func (r *buttonRenderer) face() Face {
	return Face{Size: r.b.look.Type(theme.Text), Bold: true, Ink: r.ink()}
}

func (r *buttonRenderer) ink() color.NRGBA {
	l := r.b.look
	switch {
	case r.b.press == nil:
		return l.Off
	case r.b.kind == Filled:
		return l.OnBrand
	case r.b.kind == Quiet:
		return l.Brand
	default:
		return l.Text
	}
}

func (r *buttonRenderer) paint() Paint {
	l := r.b.look
	p := Paint{Corner: theme.CornerButton, Stroke: l.Edge, Width: l.Stroke(), Fill: l.Surface}
	switch {
	case r.b.press == nil:
		p.Fill, p.Stroke = l.Sunk, l.Line
		if l.HighContrast {
			p.Stroke, p.Width = l.Off, 1
		}
	case r.b.kind == Filled:
		p.Fill, p.Stroke, p.Width = l.Brand, l.Brand, 0
		if r.b.hovered {
			p.Fill = l.BrandHover
		}
	case r.b.kind == Quiet:
		p.Fill, p.Stroke, p.Width = color.NRGBA{}, color.NRGBA{}, 0
		if r.b.hovered {
			p.Fill = l.Sunk
		}
	case r.b.hovered:
		p.Fill = l.Sunk
	}
	return p
}

// MinSize is what the words need, and a target that a finger finds.
func (r *buttonRenderer) MinSize() fyne.Size {
	l := r.b.look
	height, room := float32(48), float32(21)
	if r.b.small {
		height, room = 40, 15
	}
	if r.b.kind == Quiet {
		room = 12
	}
	return fyne.NewSize(Measure(r.b.text, r.face())+2*l.Space(room), l.Control(height))
}

// Layout fits the parts in.
func (r *buttonRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	layRing(r.ring, r.b.look, s)
	h := r.text.MinSize().Height
	r.text.Resize(fyne.NewSize(s.Width, h))
	r.text.Move(fyne.NewPos(0, (s.Height-h)/2))
}

// Refresh draws the present state.
func (r *buttonRenderer) Refresh() {
	f := r.face()
	r.text.Text, r.text.TextSize, r.text.TextStyle, r.text.Color = r.b.text, f.Size, fyne.TextStyle{Bold: true}, f.Ink
	r.paint().on(r.ground)
	r.ring.Hidden = !r.b.focused
	r.ground.Refresh()
	r.ring.Refresh()
	r.text.Refresh()
}

// Objects are the parts.
func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.ground, r.text}
}

// Destroy has nothing to free.
func (r *buttonRenderer) Destroy() {}
