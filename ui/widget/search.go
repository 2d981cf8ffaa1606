package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/widget"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
)

// Search is the field to search in. It keeps the focus while the list below is
// moved through: every key goes to Keys first.
type Search struct {
	base.Entry
	Keys func(*fyne.KeyEvent) bool // true: taken

	look  theme.Look
	frame *canvas.Rectangle
	ring  *canvas.Rectangle
}

// NewSearch makes an empty field.
func NewSearch(l theme.Look, prompt string) *Search {
	s := &Search{look: l, frame: canvas.NewRectangle(l.Surface), ring: newRing(l)}
	s.ExtendBaseWidget(s)
	s.SetPlaceHolder(prompt)
	Paint{Fill: l.Surface, Stroke: l.Edge, Width: 2, Corner: theme.CornerField}.on(s.frame)
	return s
}

// Framed is the field in its frame, to be put into a window.
func (s *Search) Framed() fyne.CanvasObject {
	l := s.look
	line := Row(l.Space(8), At(Middle, Picture(icon.Search, l.Text2, l.Type(19))), Item{Object: s, Align: Middle, Grow: true})
	return container.New(&searchLayout{s}, s.ring, s.frame, Inset(l.Space(3), l.Space(12), l.Space(3), l.Space(16), line))
}

// TypedKey gives a key away before the field takes it.
func (s *Search) TypedKey(e *fyne.KeyEvent) {
	if s.Keys != nil && s.Keys(e) {
		return
	}
	s.Entry.TypedKey(e)
}

// FocusGained shows the ring.
func (s *Search) FocusGained() {
	s.Entry.FocusGained()
	s.ring.Hidden = false
	s.ring.Refresh()
}

// FocusLost hides it.
func (s *Search) FocusLost() {
	s.Entry.FocusLost()
	s.ring.Hidden = true
	s.ring.Refresh()
}

// AccessibilityLabel is what a screen reader says: what can be searched for.
func (s *Search) AccessibilityLabel() string { return s.PlaceHolder }

// AccessibilityRole is a text field's.
func (s *Search) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// searchLayout puts the frame around the field and the ring around the frame.
type searchLayout struct{ s *Search }

// MinSize is the field's in a tall target.
func (l *searchLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[2].MinSize().Max(fyne.NewSize(0, l.s.look.Control(52)))
}

// Layout fits the parts in.
func (l *searchLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	layRing(l.s.ring, l.s.look, size)
	l.s.ring.CornerRadius = theme.CornerField + l.s.look.Ring() + ringGap
	l.s.frame.Resize(size)
	inner := o[2].MinSize().Height
	o[2].Resize(fyne.NewSize(size.Width, inner))
	o[2].Move(fyne.NewPos(0, (size.Height-inner)/2))
}
