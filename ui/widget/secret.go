package widget

import (
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"lanyard/ui/theme"
)

// Limits of a secret that is typed.
const (
	maxSecret  = 256 // octets
	mostPoints = 24  // dots that are drawn; a longer secret shows no more
)

// Secret is a field for a password. Like [PIN] it keeps the octets in one
// array, which it wipes; there is no string, no clipboard, no selection and no
// undo, and it shows dots only.
type Secret struct {
	base.BaseWidget
	Submit func()               // Enter
	Keys   func(*fyne.KeyEvent) // keys the field does not take; may be nil
	Gained func()               // told that it has the focus now; may be nil

	look    theme.Look
	name    string
	octets  [maxSecret]byte
	n       int
	focused bool
}

// NewSecret makes an empty field.
func NewSecret(l theme.Look, name string) *Secret {
	s := &Secret{look: l, name: name}
	s.ExtendBaseWidget(s)
	return s
}

// SetLook draws the field in another look, for what it is in another language.
func (s *Secret) SetLook(l theme.Look, name string) { s.look, s.name = l, name; s.Refresh() }

// Len tells how many octets are typed.
func (s *Secret) Len() int { return s.n }

// Take hands out what was typed and wipes the field. The caller wipes it.
func (s *Secret) Take() []byte {
	octets := make([]byte, s.n)
	copy(octets, s.octets[:s.n])
	s.Wipe()
	return octets
}

// Wipe overwrites what was typed.
func (s *Secret) Wipe() {
	clear(s.octets[:])
	s.n = 0
	s.Refresh()
}

// TypedRune takes a character.
func (s *Secret) TypedRune(r rune) {
	if !unicode.IsPrint(r) || s.n+utf8.RuneLen(r) > len(s.octets) {
		return
	}
	s.n += utf8.EncodeRune(s.octets[s.n:], r)
	s.Refresh()
}

// TypedKey takes editing keys.
func (s *Secret) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyBackspace, fyne.KeyDelete:
		_, last := utf8.DecodeLastRune(s.octets[:s.n])
		s.n -= last
		clear(s.octets[s.n:])
		s.Refresh()
	case fyne.KeyReturn, fyne.KeyEnter:
		if s.n > 0 && s.Submit != nil {
			s.Submit()
		}
	case fyne.KeyEscape:
		if s.n > 0 {
			s.Wipe()
			return
		}
		fallthrough
	default:
		if s.Keys != nil && !(len(e.Name) == 1 || e.Name == fyne.KeySpace) {
			s.Keys(e)
		}
	}
}

// FocusGained begins to take keys.
func (s *Secret) FocusGained() {
	s.focused = true
	s.Refresh()
	if s.Gained != nil {
		s.Gained()
	}
}

// FocusLost keeps what is typed: a hand may go and look for the rest.
func (s *Secret) FocusLost() { s.focused = false; s.Refresh() }

// Lit tells whether the ring is seen.
func (s *Secret) Lit() bool { return s.focused }

// Tapped takes the focus.
func (s *Secret) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		c.Focus(s)
	}
}

// Cursor is a text field's.
func (s *Secret) Cursor() desktop.Cursor { return desktop.TextCursor }

// AccessibilityLabel says what the field is for, never what is in it.
func (s *Secret) AccessibilityLabel() string { return s.name }

// AccessibilityRole is a text's.
func (s *Secret) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer draws it.
func (s *Secret) CreateRenderer() fyne.WidgetRenderer {
	r := &secretRenderer{s: s, frame: canvas.NewRectangle(s.look.Surface), ring: newRing(s.look), caret: canvas.NewRectangle(s.look.Text)}
	for i := range r.dots {
		r.dots[i] = canvas.NewCircle(s.look.Text)
	}
	r.Refresh()
	return r
}

type secretRenderer struct {
	s     *Secret
	frame *canvas.Rectangle
	ring  *canvas.Rectangle
	caret *canvas.Rectangle
	dots  [mostPoints]*canvas.Circle
}

// MinSize is a target that a finger finds.
func (r *secretRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.s.look.Control(180), r.s.look.Control(44))
}

// shown is how many dots there are, one a character.
func (r *secretRenderer) shown() int {
	return min(utf8.RuneCount(r.s.octets[:r.s.n]), len(r.dots))
}

// Layout places frame, ring, dots and caret.
func (r *secretRenderer) Layout(size fyne.Size) {
	l := r.s.look
	r.frame.Resize(size)
	layRing(r.ring, l, size)
	r.ring.CornerRadius = theme.CornerField + l.Ring() + ringGap
	d, left := l.Type(9), l.Space(14)
	step := min(l.Type(15), (size.Width-2*left-d)/float32(len(r.dots)))
	for i, c := range r.dots {
		c.Resize(fyne.NewSize(d, d))
		c.Move(fyne.NewPos(left+float32(i)*step, (size.Height-d)/2))
	}
	h := l.Type(22)
	r.caret.Resize(fyne.NewSize(2, h))
	r.caret.Move(fyne.NewPos(left+float32(r.shown())*step, (size.Height-h)/2))
}

// Refresh draws the present state.
func (r *secretRenderer) Refresh() {
	l := r.s.look
	Paint{Fill: l.Surface, Stroke: l.Edge, Width: 2, Corner: theme.CornerField}.on(r.frame)
	r.ring.Hidden = !r.s.focused
	r.ring.StrokeColor, r.ring.StrokeWidth = l.Focus, l.Ring()
	r.caret.Hidden = !r.s.focused
	r.caret.FillColor = l.Text
	for i, c := range r.dots {
		c.Hidden = i >= r.shown()
		c.FillColor = l.Text
	}
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}

// Objects are the parts.
func (r *secretRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.ring, r.frame, r.caret}
	for _, c := range r.dots {
		o = append(o, c)
	}
	return o
}

// Destroy has nothing to free.
func (r *secretRenderer) Destroy() {}
