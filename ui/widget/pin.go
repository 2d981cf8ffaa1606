package widget

import (
	"crypto/subtle"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/widget"

	"lanyard/card"
	"lanyard/ui/theme"
)

// guard is how long Enter is deaf after the field took the focus: whoever was
// typing elsewhere when the window came up must not send anything. A passcode
// typed since then tells that the field is meant, and the time counts from when
// the window came up: a busy machine hears of the focus late, and then of it
// and of all keys at once.
const guard = 500 * time.Millisecond

// keypadFrom is the scan code above which a digit's key lies on the keypad, on
// every system: the row above the letters has lower ones.
const keypadFrom = 60

// PIN is the field for a passcode. It keeps the octets in one array, which it
// wipes; there is no string, no clipboard, no selection and no undo. It shows
// dots only.
type PIN struct {
	base.BaseWidget
	Label   string               // what the field is for, to be read out
	Submit  func()               // Enter
	Escape  func()               // Escape while nothing is typed
	Changed func()               // what is typed, or Caps Lock, changed; may be nil
	Lost    func()               // the focus went elsewhere; may be nil
	Gained  func()               // the focus came; may be nil
	Keys    func(*fyne.KeyEvent) // keys the field does not take; may be nil

	look    theme.Look
	now     func() time.Time
	octets  [card.MaxPIN]byte
	n       int
	off     bool
	careful bool
	focused bool
	shown   time.Time // when the field's window came up
	since   time.Time // when the focus came
	typed   int       // characters that arrived since then
	shift   bool
	caps    bool // Caps Lock is on: a letter told
	odd     bool // the last key was no digit
	keypad  rune // the digit taken from a key of the keypad: its rune may still follow
}

// NewPIN makes an empty field.
func NewPIN(l theme.Look, now func() time.Time) *PIN {
	p := &PIN{look: l, now: now, shown: now()}
	p.ExtendBaseWidget(p)
	return p
}

// Len tells how many characters are typed.
func (p *PIN) Len() int { return p.n }

// Caps tells whether Caps Lock is on, as far as a letter has told: the toolkit
// does not say.
func (p *PIN) Caps() bool { return p.caps }

// Odd tells whether the last key was no digit.
func (p *PIN) Odd() bool { return p.odd }

// Digits tells whether all that is typed are digits.
func (p *PIN) Digits() bool {
	for _, c := range p.octets[:p.n] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// Same tells whether the same is typed in another field.
func (p *PIN) Same(other *PIN) bool {
	return p.n == other.n && subtle.ConstantTimeCompare(p.octets[:], other.octets[:]) == 1
}

// Focused tells whether the field takes the keys.
func (p *PIN) Focused() bool { return p.focused }

// Guard makes Enter deaf for a moment: the field's window comes up now.
func (p *PIN) Guard() {
	p.shown = p.now()
	p.since, p.typed = p.shown, 0
}

// Ready makes Enter count at once: the focus came from a field beside it.
func (p *PIN) Ready() { p.since = time.Time{} }

// Take hands out what was typed and wipes the field. The caller owns the PIN.
func (p *PIN) Take() *card.PIN {
	pin := card.CopyPIN(p.octets[:p.n])
	p.Wipe()
	return pin
}

// Wipe overwrites what was typed.
func (p *PIN) Wipe() {
	clear(p.octets[:])
	p.n, p.typed, p.keypad, p.odd = 0, 0, 0, false
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
	p.typed++
	p.odd = r < '0' || r > '9'
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
			p.octets[p.n], p.odd = 0, false
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
	since := p.since
	if p.typed >= card.MinPIN {
		since = p.shown
	}
	if p.off || p.now().Sub(since) < guard || p.Submit == nil {
		return
	}
	p.Submit()
}

// KeyDown notes Shift and Caps Lock; it must name no other key. Which way Caps
// Lock was switched is known once a letter tells.
func (p *PIN) KeyDown(e *fyne.KeyEvent) {
	switch e.Name {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		p.shift = true
	case desktop.KeyCapsLock:
		p.caps = false
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
		p.since, p.typed = p.now(), 0
		p.caps = false // it may have been switched where nobody told this field
	}
	p.focused, p.shift = true, false
	p.Refresh()
	if p.Gained != nil {
		p.Gained()
	}
}

// FocusLost keeps what is typed: its owner says when it dies.
func (p *PIN) FocusLost() {
	p.focused = false
	p.Refresh()
	if p.Lost != nil {
		p.Lost()
	}
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
func (p *PIN) AccessibilityLabel() string { return p.Label }

// AccessibilityRole is a text's.
func (p *PIN) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
