package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/widget"

	"lanyard/ui/theme"
	"lanyard/ui/view"
)

// List shows the roles to choose from. It draws only the rows that can be seen
// and uses them again, so that 500 cost what 8 do. It is moved by its own keys while it has the focus,
// or by those that the search field gives away.
type List struct {
	base.BaseWidget
	Picked func()               // a row was tapped that is chosen already; may be nil
	Keys   func(*fyne.KeyEvent) // keys the list does not take; may be nil
	Runes  func(rune)           // letters begin a search; may be nil

	look     theme.Look
	enter    string // on the key cap of the chosen row
	lastUsed string
	rows     []view.RoleRow
	chosen   int
	top      float32 // how far the list is scrolled
	least    int     // so many rows are to be seen, if there are so many
	focused  bool
}

// NewList makes a list that shows at least so many rows.
func NewList(l theme.Look, enter, lastUsed string, least int) *List {
	s := &List{look: l, enter: enter, lastUsed: lastUsed, least: least}
	s.ExtendBaseWidget(s)
	return s
}

// Least tells how many rows the list shows at least.
func (s *List) Least() int { return s.least }

// SetLeast changes it.
func (s *List) SetLeast(rows int) { s.least = rows; s.Refresh() }

// SetRows shows other rows, the first of them chosen.
func (s *List) SetRows(rows []view.RoleRow) {
	s.rows, s.chosen, s.top = rows, 0, 0
	s.Refresh()
}

// Chosen returns the chosen row.
func (s *List) Chosen() (view.RoleRow, bool) {
	if s.chosen < 0 || s.chosen >= len(s.rows) {
		return view.RoleRow{}, false
	}
	return s.rows[s.chosen], true
}

// At tells which row is chosen.
func (s *List) At() int { return s.chosen }

// Choose makes a row the chosen one and brings it into view.
func (s *List) Choose(i int) {
	s.chosen = max(0, min(i, len(s.rows)-1))
	at, h := float32(s.chosen)*s.rowHeight(), s.Size().Height-2*s.edge()
	if at < s.top {
		s.top = at
	}
	if at+s.rowHeight() > s.top+h {
		s.top = at + s.rowHeight() - h
	}
	s.Refresh()
}

// Key moves the choice; it returns whether the key is one of the list's.
func (s *List) Key(n fyne.KeyName) bool {
	page := max(1, int((s.Size().Height-2*s.edge())/s.rowHeight())-1)
	at, mine := moved(n, s.chosen, len(s.rows), page)
	if mine {
		s.Choose(at)
	}
	return mine
}

// moved is where a key of a list leads from a row, before the ends of the list
// are minded; false where it is none.
func moved(n fyne.KeyName, at, rows, page int) (int, bool) {
	switch n {
	case fyne.KeyUp:
		return at - 1, true
	case fyne.KeyDown:
		return at + 1, true
	case fyne.KeyPageUp:
		return at - page, true
	case fyne.KeyPageDown:
		return at + page, true
	case fyne.KeyHome:
		return 0, true
	case fyne.KeyEnd:
		return rows - 1, true
	default:
		return at, false
	}
}

// TypedKey moves the choice.
func (s *List) TypedKey(e *fyne.KeyEvent) {
	if !s.Key(e.Name) && s.Keys != nil {
		s.Keys(e)
	}
}

// TypedRune begins a search.
func (s *List) TypedRune(r rune) {
	if s.Runes != nil {
		s.Runes(r)
	}
}

// frame is the list's edge. The toolkit clips what scrolls, so the focus is
// shown on the edge and not outside.
func (s *List) frame() Paint {
	if s.focused {
		return Paint{Fill: s.look.Surface, Stroke: s.look.Focus, Width: s.look.Ring(), Corner: theme.CornerCard}
	}
	return Paint{Fill: s.look.Surface, Stroke: s.look.Line, Width: s.look.Stroke(), Corner: theme.CornerCard}
}

// FocusGained shows the focus.
func (s *List) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost hides it.
func (s *List) FocusLost() { s.focused = false; s.Refresh() }

// Tapped chooses a row; a tap on the chosen one picks it.
func (s *List) Tapped(e *fyne.PointEvent) {
	i := int((e.Position.Y - s.edge() + s.top) / s.rowHeight())
	if i < 0 || i >= len(s.rows) {
		return
	}
	if i == s.chosen && s.Picked != nil {
		s.Picked()
		return
	}
	s.Choose(i)
}

// Scrolled moves the rows, not the choice.
func (s *List) Scrolled(e *fyne.ScrollEvent) {
	s.top = max(0, min(s.top-e.Scrolled.DY, s.longest()))
	s.Refresh()
}

func (s *List) longest() float32 {
	return max(0, float32(len(s.rows))*s.rowHeight()-(s.Size().Height-2*s.edge()))
}

func (s *List) rowHeight() float32 {
	return s.look.Type(theme.Row)*1.35 + s.look.Type(theme.Second)*1.35 + s.look.Space(18)
}
func (s *List) edge() float32 { return s.look.Space(6) }

// AccessibilityLabel tells the chosen row.
func (s *List) AccessibilityLabel() string {
	r, ok := s.Chosen()
	if !ok {
		return ""
	}
	return plain(r.Name) + ", " + plain(r.Place)
}

// AccessibilityRole is a container's.
func (s *List) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

func plain(spans []view.Span) string {
	text := ""
	for _, p := range spans {
		text += p.Text
	}
	return text
}

// CreateRenderer draws it.
func (s *List) CreateRenderer() fyne.WidgetRenderer {
	l := s.look
	r := &listRenderer{
		s:     s,
		frame: s.frame().rectangle(),
		mark:  Paint{Fill: l.BrandSoft, Stroke: l.Brand, Width: l.Selection(), Corner: theme.CornerField}.rectangle(),
		bar:   Paint{Fill: l.Edge, Corner: 2}.rectangle(),
		inner: container.NewWithoutLayout(),
	}
	r.clip = container.NewClip(r.inner)
	r.Refresh()
	return r
}

type listRenderer struct {
	s     *List
	frame *canvas.Rectangle
	mark  *canvas.Rectangle
	bar   *canvas.Rectangle
	inner *fyne.Container
	clip  *container.Clip
	drawn []*listRow
}

// MinSize shows the least number of rows.
func (r *listRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.s.look.Control(200), float32(r.s.least)*r.s.rowHeight()+2*r.s.edge())
}

// Layout fits frame and rows.
func (r *listRenderer) Layout(size fyne.Size) {
	r.frame.Resize(size)
	e := r.s.edge()
	r.clip.Move(fyne.NewPos(e, e))
	r.clip.Resize(size.SubtractWidthHeight(2*e, 2*e))
	r.inner.Resize(r.clip.Size())
	r.place(size)
}

// Refresh fills the rows that can be seen.
func (r *listRenderer) Refresh() {
	r.s.frame().on(r.frame)
	r.place(r.s.Size())
	canvas.Refresh(r.s)
}

func (r *listRenderer) place(size fyne.Size) {
	s, e := r.s, r.s.edge()
	h, seen := s.rowHeight(), size.Height-2*e
	if seen <= 0 {
		return
	}
	s.top = max(0, min(s.top, s.longest()))
	long := s.longest() > 0
	width := size.Width - 2*e
	if long {
		width -= 10 // the scroll bar's room
	}
	need := int(seen/h) + 2
	for len(r.drawn) < need {
		row := newListRow(s.look)
		r.drawn = append(r.drawn, row)
		r.inner.Add(row.box)
	}
	if len(r.inner.Objects) == len(r.drawn) {
		r.inner.Objects = append([]fyne.CanvasObject{r.mark}, r.inner.Objects...)
	}
	first := int(s.top / h)
	r.mark.Hidden = s.chosen < first || s.chosen > first+need
	r.mark.Move(fyne.NewPos(0, float32(s.chosen)*h-s.top))
	r.mark.Resize(fyne.NewSize(width, h))
	for i, row := range r.drawn {
		at := first + i
		row.box.Hidden = at >= len(s.rows)
		if row.box.Hidden {
			continue
		}
		row.box.Move(fyne.NewPos(0, float32(at)*h-s.top))
		row.fill(s.rows[at], s, at == s.chosen, width, h)
	}
	r.bar.Hidden = !long
	if long {
		all := float32(len(s.rows)) * h
		length := max(seen*seen/all, 28)
		r.bar.Resize(fyne.NewSize(4, length))
		r.bar.Move(fyne.NewPos(size.Width-e-5, e+(seen-length)*s.top/s.longest()))
	}
}

// Objects are the parts.
func (r *listRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.frame, r.clip, r.bar}
}

// Destroy has nothing to free.
func (r *listRenderer) Destroy() {}

// listRow is one drawn row.
type listRow struct {
	look theme.Look
	box  *fyne.Container
}

func newListRow(l theme.Look) *listRow {
	return &listRow{look: l, box: container.NewWithoutLayout()}
}

// fill writes a role into the row.
func (r *listRow) fill(v view.RoleRow, s *List, chosen bool, width, height float32) {
	l := r.look
	r.box.Objects = r.box.Objects[:0]
	right := width - l.Space(14)
	if chosen {
		right = r.keyCap(s.enter, right, height)
	}
	if v.Used != "" {
		right = r.used(v, s.lastUsed, right, height)
	}
	name := Face{Size: l.Type(theme.Row), Bold: true, Ink: l.Text}
	place := Face{Size: l.Type(theme.Second), Ink: l.Text2}
	left, top := l.Space(14), l.Space(9)
	r.spans(v.Name, name, left, right, top)
	r.spans(v.Place, place, left, right, top+name.Size*1.35)
	r.box.Resize(fyne.NewSize(width, height))
}

// spans writes a line; what was searched for is in the brand's colour and
// underlined. What does not fit ends in dots.
func (r *listRow) spans(spans []view.Span, f Face, x, right, y float32) {
	for _, p := range spans {
		face := f
		if p.Match {
			face.Bold, face.Ink = true, r.look.Brand
		}
		text, whole := shorten(p.Text, face, right-x)
		t := Line(text, face)
		t.Move(fyne.NewPos(x, y))
		t.Resize(t.MinSize())
		r.box.Add(t)
		w := Measure(text, face)
		if p.Match {
			under := canvas.NewRectangle(r.look.Brand)
			under.Move(fyne.NewPos(x, y+face.Size*1.27))
			under.Resize(fyne.NewSize(w, max(1.5, r.look.Stroke())))
			r.box.Add(under)
		}
		x += w
		if !whole {
			return
		}
	}
}

// shorten cuts a text that is too wide and ends it in dots.
func shorten(text string, f Face, width float32) (string, bool) {
	if Measure(text, f) <= width {
		return text, true
	}
	letters := []rune(text)
	for len(letters) > 0 && Measure(string(letters)+"…", f) > width {
		letters = letters[:len(letters)-1]
	}
	return string(letters) + "…", false
}

// keyCap draws the key that picks the chosen row.
func (r *listRow) keyCap(text string, right, height float32) float32 {
	l := r.look
	f := Face{Size: l.Type(theme.Least), Bold: true, Ink: l.Text2}
	w, h := Measure(text, f)+l.Space(16), l.Type(theme.Least)*1.5
	frame := Paint{Fill: l.Surface, Stroke: l.Edge, Width: l.Stroke(), Corner: 4}.rectangle()
	frame.Resize(fyne.NewSize(w, h))
	frame.Move(fyne.NewPos(right-w, (height-h)/2))
	t := Line(text, f)
	t.Resize(t.MinSize())
	t.Move(fyne.NewPos(right-w+l.Space(8), (height-t.MinSize().Height)/2))
	r.box.Add(frame)
	r.box.Add(t)
	return right - w - l.Space(12)
}

// used tells when the role was used last.
func (r *listRow) used(v view.RoleRow, head string, right, height float32) float32 {
	l := r.look
	f := Face{Size: l.Type(theme.Least), Ink: l.Text2}
	lines := []string{head, v.Used}
	if v.Current {
		lines = lines[1:]
	}
	w, line := float32(0), f.Size*1.35
	for _, t := range lines {
		w = max(w, Measure(t, f))
	}
	y := (height - line*float32(len(lines))) / 2
	for _, text := range lines {
		t := Line(text, f)
		t.Resize(t.MinSize())
		t.Move(fyne.NewPos(right-Measure(text, f), y))
		r.box.Add(t)
		y += line
	}
	return right - w - l.Space(12)
}
