package widget

import (
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"lanyard/card"
	"lanyard/ui/theme"
)

// guard is how long Enter is deaf after the field took the focus: whoever was
// typing elsewhere when the window came up must not send anything.
const guard = 500 * time.Millisecond

// keypadFrom is the scan code above which a digit's key lies on the keypad, on
// every system: the row above the letters has lower ones.
const keypadFrom = 60

// PIN is the field for a passcode. It keeps the octets in one array, which it
// wipes; there is no string, no clipboard, no selection and no undo. It shows
// dots only.
type PIN struct {
	base.BaseWidget
	Submit  func()               // Enter
	Escape  func()               // Escape while nothing is typed
	Changed func()               // what is typed, or Caps Lock, changed; may be nil
	Keys    func(*fyne.KeyEvent) // keys the field does not take; may be nil

	look    theme.Look
	now     func() time.Time
	octets  [card.MaxPIN]byte
	n       int
	off     bool
	careful bool
	focused bool
	since   time.Time // when the focus came
	shift   bool
	caps    bool
	keypad  rune // the digit taken from a key of the keypad: its rune may still follow
}

// NewPIN makes an empty field.
func NewPIN(l theme.Look, now func() time.Time) *PIN {
	p := &PIN{look: l, now: now}
	p.ExtendBaseWidget(p)
	return p
}

// Len tells how many characters are typed.
func (p *PIN) Len() int { return p.n }

// Caps tells whether Caps Lock seems to be on.
func (p *PIN) Caps() bool { return p.caps }

// Take hands out what was typed and wipes the field. The caller owns the PIN.
func (p *PIN) Take() *card.PIN {
	octets := make([]byte, p.n, card.MaxPIN)
	copy(octets, p.octets[:p.n])
	p.Wipe()
	return card.NewPIN(octets)
}

// Wipe overwrites what was typed.
func (p *PIN) Wipe() {
	clear(p.octets[:])
	p.n, p.keypad = 0, 0
	p.changed()
}

// SetOff makes the field take nothing, or take keys again.
func (p *PIN) SetOff(off bool) { p.off = off; p.Refresh() }

// SetCareful draws the field's frame as a warning.
func (p *PIN) SetCareful(careful bool) { p.careful = careful; p.Refresh() }

// SetLook draws the field in another look.
func (p *PIN) SetLook(l theme.Look) { p.look = l; p.Refresh() }

func (p *PIN) changed() {
	p.Refresh()
	if p.Changed != nil {
		p.Changed()
	}
}

// TypedRune takes a character. A card takes printable ASCII, most only digits.
func (p *PIN) TypedRune(r rune) {
	if r == p.keypad {
		p.keypad = 0
		return
	}
	p.keypad = 0
	if unicode.IsLetter(r) {
		p.caps = unicode.IsUpper(r) != p.shift
	}
	p.add(r)
}

func (p *PIN) add(r rune) {
	if p.off || r < 0x21 || r > 0x7e || p.n == len(p.octets) {
		return
	}
	p.octets[p.n] = byte(r)
	p.n++
	p.changed()
}

// TypedKey takes editing keys, and digits of a keypad whose Num Lock is off.
func (p *PIN) TypedKey(e *fyne.KeyEvent) {
	p.keypad = 0
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		p.enter()
	case fyne.KeyEscape:
		if p.n > 0 && !p.off {
			p.Wipe()
		} else if p.Escape != nil {
			p.Escape()
		}
	case fyne.KeyBackspace, fyne.KeyDelete:
		if p.n > 0 && !p.off {
			p.n--
			p.octets[p.n] = 0
			p.changed()
		}
	default:
		if len(e.Name) == 1 && e.Name[0] >= '0' && e.Name[0] <= '9' && e.Physical.ScanCode > keypadFrom {
			p.add(rune(e.Name[0]))
			p.keypad = rune(e.Name[0])
			return
		}
		if p.Keys != nil {
			p.Keys(e)
		}
	}
}

// enter sends, unless the focus came only just now.
func (p *PIN) enter() {
	if p.off || p.now().Sub(p.since) < guard || p.Submit == nil {
		return
	}
	p.Submit()
}

// KeyDown notes Shift and Caps Lock; it must name no other key.
func (p *PIN) KeyDown(e *fyne.KeyEvent) {
	switch e.Name {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		p.shift = true
	case desktop.KeyCapsLock:
		p.caps = !p.caps
		p.changed()
	}
}

// KeyUp notes that Shift is let go.
func (p *PIN) KeyUp(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		p.shift = false
	}
}

// FocusGained begins to take keys.
func (p *PIN) FocusGained() {
	if !p.focused {
		p.since = p.now()
	}
	p.focused, p.shift = true, false
	p.Refresh()
}

// FocusLost keeps what is typed: it dies with the insertion, not with the focus.
func (p *PIN) FocusLost() {
	p.focused = false
	p.Refresh()
}

// Tapped takes the focus.
func (p *PIN) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil {
		c.Focus(p)
	}
}

// Cursor is a text field's.
func (p *PIN) Cursor() desktop.Cursor { return desktop.TextCursor }

// AccessibilityLabel says what the field is for, never what is in it.
func (p *PIN) AccessibilityLabel() string { return "PIN" }

// AccessibilityRole is a text's.
func (p *PIN) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer draws it.
func (p *PIN) CreateRenderer() fyne.WidgetRenderer {
	r := &pinRenderer{p: p, frame: canvas.NewRectangle(p.look.Surface), ring: newRing(p.look), caret: canvas.NewRectangle(p.look.Text)}
	for i := range r.dots {
		r.dots[i] = canvas.NewCircle(p.look.Text)
	}
	r.Refresh()
	return r
}

type pinRenderer struct {
	p     *PIN
	frame *canvas.Rectangle
	ring  *canvas.Rectangle
	caret *canvas.Rectangle
	dots  [card.MaxPIN]*canvas.Circle
}

// MinSize is a tall target.
func (r *pinRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.p.look.Control(200), r.p.look.Control(60))
}

// Layout places frame, ring, dots and caret. The dots close up where the field
// would be too narrow for them.
func (r *pinRenderer) Layout(s fyne.Size) {
	l := r.p.look
	r.frame.Resize(s)
	layRing(r.ring, l, s)
	r.ring.CornerRadius = theme.CornerField + l.Ring() + ringGap
	d, left := l.Type(13), l.Space(20)
	step := min(l.Type(26), (s.Width-2*left-d)/float32(len(r.dots)))
	for i, c := range r.dots {
		c.Resize(fyne.NewSize(d, d))
		c.Move(fyne.NewPos(left+float32(i)*step, (s.Height-d)/2))
	}
	h := l.Type(26)
	r.caret.Resize(fyne.NewSize(2, h))
	r.caret.Move(fyne.NewPos(left+float32(r.p.n)*step, (s.Height-h)/2))
}

// Refresh draws the present state.
func (r *pinRenderer) Refresh() {
	p, l := r.p, r.p.look
	paint := Paint{Fill: l.Surface, Stroke: l.Edge, Width: 2, Corner: theme.CornerField}
	switch {
	case p.off:
		paint.Fill, paint.Stroke = l.Sunk, l.Line
	case p.careful:
		paint.Stroke = l.Palette.Warn.Ink
	}
	paint.on(r.frame)
	r.ring.Hidden = !p.focused || p.off
	r.ring.StrokeColor, r.ring.StrokeWidth = l.Focus, l.Ring()
	r.caret.Hidden = !p.focused || p.off || p.n == len(r.dots)
	r.caret.FillColor = l.Text
	for i, c := range r.dots {
		c.Hidden = i >= p.n
		c.FillColor = l.Text
	}
	r.Layout(p.Size())
	canvas.Refresh(p)
}

// Objects are the parts.
func (r *pinRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.ring, r.frame, r.caret}
	for _, c := range r.dots {
		o = append(o, c)
	}
	return o
}

// Destroy has nothing to free.
func (r *pinRenderer) Destroy() {}
