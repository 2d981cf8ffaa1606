package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/widget"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
)

// Lines shows lines of a mark, a name, what is so and one button at most. It is
// one stop of the Tab key: arrows choose a line, and Enter presses its button.
// Buttons can be reached by Tab, too.
type Lines struct {
	base.BaseWidget
	Press  func(i int)               // the button of a line
	Keys   func(*fyne.KeyEvent)      // keys it does not take; may be nil
	Chosen func(top, height float32) // a line was chosen that should be in sight; may be nil

	look    theme.Look
	label   string
	lines   []view.Line
	width   float32
	chosen  int
	focused bool
	drawn   []fyne.CanvasObject // one for each line
}

// NewLines makes an empty list; a screen reader calls it by its label.
func NewLines(l theme.Look) *Lines {
	s := &Lines{look: l}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows other lines, as wide as told. The choice stays where it is.
func (s *Lines) Set(l theme.Look, label string, lines []view.Line, width float32) {
	s.look, s.label, s.lines, s.width = l, label, lines, width
	s.chosen = max(0, min(s.chosen, len(lines)-1))
	s.drawn = make([]fyne.CanvasObject, len(lines))
	for i, line := range lines {
		s.drawn[i] = s.draw(i, line)
	}
	s.Refresh()
}

// Choose makes a line the chosen one.
func (s *Lines) Choose(i int) {
	s.chosen = max(0, min(i, len(s.lines)-1))
	s.Refresh()
	if s.Chosen != nil && len(s.lines) > 0 {
		top, height := s.place(s.chosen)
		s.Chosen(top, height)
	}
}

// place is where a line stands.
func (s *Lines) place(i int) (top, height float32) {
	for _, o := range s.drawn[:i] {
		top += o.MinSize().Height + s.look.Stroke()
	}
	return top, s.drawn[i].MinSize().Height
}

// Key moves the choice or presses; it returns whether the key is one of the
// list's.
func (s *Lines) Key(n fyne.KeyName) bool {
	at, mine := moved(n, s.chosen, len(s.lines), 6)
	if mine {
		s.Choose(at)
	}
	return mine
}

// TypedKey moves the choice, and presses on Enter and Space.
func (s *Lines) TypedKey(e *fyne.KeyEvent) {
	pressed := e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter || e.Name == fyne.KeySpace
	switch {
	case pressed && s.chosen < len(s.lines) && s.lines[s.chosen].Button != "":
		s.Press(s.chosen)
	case s.Key(e.Name):
	case s.Keys != nil:
		s.Keys(e)
	}
}

// TypedRune takes none.
func (s *Lines) TypedRune(rune) {}

// FocusGained shows the ring round the chosen line.
func (s *Lines) FocusGained() { s.focused = true; s.Choose(s.chosen) }

// FocusLost hides it.
func (s *Lines) FocusLost() { s.focused = false; s.Refresh() }

// AccessibilityLabel is the list's name and the chosen line.
func (s *Lines) AccessibilityLabel() string {
	if s.chosen >= len(s.lines) {
		return s.label
	}
	l := s.lines[s.chosen]
	text := s.label + ". " + l.Name + ": " + l.Text
	for _, more := range []string{l.Second, l.Button} {
		if more != "" {
			text += ". " + more
		}
	}
	return text
}

// AccessibilityRole is a container's.
func (s *Lines) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// draw makes a line.
func (s *Lines) draw(i int, line view.Line) fyne.CanvasObject {
	l := s.look
	gap := l.Space(12)
	mark := Mark(l, line.Tone)
	name := min(l.Type(152), s.width*0.3)
	inner := s.width - mark.MinSize().Width - name - 2*gap
	room := l.Space(9)
	var button fyne.CanvasObject
	if line.Button != "" {
		b := s.button(i, line)
		button, room = b, l.Space(9)
		inner -= b.MinSize().Width + gap
	}
	stacked := button != nil && inner < l.Type(170)
	if stacked { // the button stands below the words
		inner += button.MinSize().Width + gap
	}
	face := Face{Size: l.Type(theme.Second), Ink: l.Text2}
	if line.Second != "" {
		face.Ink = l.Text
	}
	items := []Item{Of(Paragraph(line.Text, face, inner))}
	if line.Second != "" {
		items = append(items, Of(Paragraph(line.Second, Face{Size: l.Type(theme.Least), Ink: l.Text2}, inner)))
	}
	if stacked {
		items = append(items, Of(Inset(l.Space(6), 0, 0, 0, Row(0, Of(button), Gap()))))
		button = nil
	}
	title := Paragraph(line.Name, Face{Size: l.Type(theme.Second), Bold: true, Ink: l.Text}, name)
	align := Middle
	if len(items) > 1 {
		align = Start
	}
	return Inset(room, 0, room, 0, Row(gap, At(align, mark), At(align, container.NewStack(Blank(name, mark.MinSize().Height), Column(0, Gap(), Of(title), Gap()))),
		Item{Object: Column(0, items...), Align: Middle, Grow: true}, At(Middle, button)))
}

func (s *Lines) button(i int, line view.Line) *Button {
	kind := Plain
	if line.Filled {
		kind = Filled
	}
	b := NewButton(s.look, line.Button, kind, func() { s.chosen = i; s.Press(i) }).Small()
	b.Gained = func() { s.Choose(i) }
	b.Keys = func(e *fyne.KeyEvent) {
		if !s.Key(e.Name) && s.Keys != nil {
			s.Keys(e)
		}
	}
	return b
}

// Mark is the sign of a tone on a disc: told by its shape, too.
func Mark(l theme.Look, t view.Tone) fyne.CanvasObject {
	tint, sign := l.Tint(toneOf(t)), icon.Dash
	switch t {
	case view.Good:
		sign = icon.Tick
	case view.Careful:
		sign = icon.Warning
	case view.Bad:
		sign = icon.Cross
	case view.Neutral:
	}
	size := l.Control(24)
	disc := canvas.NewCircle(tint.Soft)
	disc.StrokeColor, disc.StrokeWidth = l.Frame(tint.Ink)
	return container.NewStack(Blank(size, size), disc, container.NewCenter(Picture(sign, tint.Ink, size*0.56)))
}

// CreateRenderer draws it.
func (s *Lines) CreateRenderer() fyne.WidgetRenderer {
	r := &linesRenderer{s: s, ring: newRing(s.look), ground: canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type linesRenderer struct {
	s      *Lines
	ring   *canvas.Rectangle
	ground *canvas.Rectangle // of the chosen line
	rules  []fyne.CanvasObject
}

// MinSize is what all lines need.
func (r *linesRenderer) MinSize() fyne.Size {
	width, height := r.s.width, float32(0)
	for i, o := range r.s.drawn {
		m := o.MinSize()
		width, height = max(width, m.Width), height+m.Height
		if i > 0 {
			height += r.s.look.Stroke()
		}
	}
	return fyne.NewSize(width, height)
}

// Layout places the lines.
func (r *linesRenderer) Layout(size fyne.Size) {
	y := float32(0)
	for i, o := range r.s.drawn {
		if i > 0 && i <= len(r.rules) {
			stroke := r.s.look.Stroke()
			r.rules[i-1].Move(fyne.NewPos(0, y))
			r.rules[i-1].Resize(fyne.NewSize(size.Width, stroke))
			y += stroke
		}
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		if i == r.s.chosen {
			around := fyne.NewSize(size.Width+2*r.s.look.Space(8), h-2)
			r.ground.Move(fyne.NewPos(-r.s.look.Space(8), y+1))
			r.ground.Resize(around)
			r.ring.Move(r.ground.Position())
			r.ring.Resize(around)
		}
		y += h
	}
}

// Refresh draws the present state.
func (r *linesRenderer) Refresh() {
	l := r.s.look
	for len(r.rules) < len(r.s.drawn)-1 {
		r.rules = append(r.rules, canvas.NewRectangle(l.Line))
	}
	for _, o := range r.rules {
		o.(*canvas.Rectangle).FillColor = l.Line
	}
	r.ring.StrokeColor, r.ring.StrokeWidth, r.ring.CornerRadius = l.Focus, l.Ring(), theme.CornerButton
	r.ground.FillColor, r.ground.CornerRadius = l.BrandSoft, theme.CornerButton
	r.ring.Hidden = !r.s.focused
	r.ground.Hidden = !r.s.focused || l.HighContrast
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}

// Objects are the parts.
func (r *linesRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.ground}
	all = append(all, r.rules[:max(0, min(len(r.rules), len(r.s.drawn)-1))]...)
	all = append(all, r.s.drawn...)
	return append(all, r.ring)
}

// Destroy has nothing to free.
func (r *linesRenderer) Destroy() {}
