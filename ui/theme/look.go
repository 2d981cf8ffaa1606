package theme

import "image/color"

// Sizes of type at 100 %, in Fyne's units.
const (
	Title  = 24
	Name   = 22
	Head   = 18 // of a note
	Row    = 17
	Text   = 16 // and buttons
	Second = 15
	Least  = 14
)

// Corners.
const (
	CornerButton = 8
	CornerField  = 10
	CornerCard   = 12
)

// LargestScale is text at 200 %.
const LargestScale = 2

// Look is a palette at a size of text.
type Look struct {
	Palette
	Scale float32 // of text, 1 to [LargestScale]
}

// NewLook makes a look; a scale out of bounds is brought into them.
func NewLook(p Palette, scale float32) Look {
	return Look{Palette: p, Scale: min(max(scale, 1), LargestScale)}
}

// Type is the size of text.
func (l Look) Type(size float32) float32 { return size * l.Scale }

// Control is the size of what is pressed: it grows by less than the text.
func (l Look) Control(size float32) float32 { return size * (1 + 0.45*(l.Scale-1)) }

// Space is a gap or an inset.
func (l Look) Space(size float32) float32 { return size * (1 + 0.35*(l.Scale-1)) }

// Width is the width of a window.
func (l Look) Width(size float32) float32 { return size * (1 + 0.62*(l.Scale-1)) }

// Stroke is the width of lines and frames.
func (l Look) Stroke() float32 {
	if l.HighContrast {
		return 2
	}
	return 1
}

// Selection is the width of the frame around what is selected.
func (l Look) Selection() float32 {
	if l.HighContrast {
		return 4
	}
	return 2
}

// Ring is the width of the focus ring, which is drawn outside with a gap.
func (l Look) Ring() float32 {
	if l.HighContrast {
		return 4
	}
	return 3
}

// Frame is what surrounds a tinted area: only high contrast needs it, where
// tints are gone.
func (l Look) Frame(ink color.NRGBA) (c color.NRGBA, width float32) {
	if l.HighContrast {
		return ink, l.Stroke()
	}
	return color.NRGBA{}, 0
}

// Tone is what a message is about; each has a shape of its own beside its colour.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	OK
	Warn
	Bad
)

// Tint returns the colours of a tone.
func (l Look) Tint(t Tone) Ink {
	switch t {
	case OK:
		return l.Palette.OK
	case Warn:
		return l.Palette.Warn
	case Bad:
		return l.Palette.Bad
	default:
		return Ink{l.Text2, l.Sunk}
	}
}
