package widget

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Face is how text is set.
type Face struct {
	Size float32
	Bold bool
	Ink  color.Color
}

// Line is text on one line.
func Line(text string, f Face) *canvas.Text {
	t := canvas.NewText(text, f.Ink)
	t.TextSize, t.TextStyle = f.Size, fyne.TextStyle{Bold: f.Bold}
	return t
}

// Measure is how wide a text is.
func Measure(text string, f Face) float32 {
	return fyne.MeasureText(text, f.Size, fyne.TextStyle{Bold: f.Bold}).Width
}

// Paragraph is text on as many lines as a width asks for. Its height is known
// before it is laid out.
func Paragraph(text string, f Face, width float32) fyne.CanvasObject {
	return lines(text, f, width, Start)
}

// Centred is a paragraph whose lines stand in the middle, about as long as each
// other: none is left with one short word.
func Centred(text string, f Face, width float32) fyne.CanvasObject {
	measure := func(s string) float32 { return Measure(s, f) }
	word := float32(0)
	for _, w := range strings.Fields(text) {
		word = max(word, measure(w))
	}
	n, least := len(Wrap(text, width, measure)), width
	for step := width / 4; n > 1 && step > 4; step /= 2 {
		if least-step >= word && len(Wrap(text, least-step, measure)) == n {
			least -= step
		}
	}
	return lines(text, f, least, Middle)
}

func lines(text string, f Face, width float32, a Align) fyne.CanvasObject {
	wrapped := Wrap(text, width, func(s string) float32 { return Measure(s, f) })
	items := make([]Item, len(wrapped))
	for i, l := range wrapped {
		items[i] = At(a, Line(l, f))
	}
	return Column(0, items...)
}

// Wrap breaks text into lines that are no wider than a width. A word that is
// wider than a line is broken with a hyphen.
func Wrap(text string, width float32, measure func(string) float32) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		joined := word
		if line != "" {
			joined = line + " " + word
		}
		if measure(joined) <= width {
			line = joined
			continue
		}
		if line != "" {
			out = append(out, line)
		}
		var pieces []string
		pieces, line = split(word, width, measure)
		out = append(out, pieces...)
	}
	if line != "" || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// split breaks a word into pieces with hyphens, and a rest.
func split(word string, width float32, measure func(string) float32) (pieces []string, rest string) {
	letters := []rune(word)
	for measure(string(letters)) > width {
		n := 1
		for n < len(letters)-1 && measure(string(letters[:n+1])+"-") <= width {
			n++
		}
		if n >= len(letters) {
			break // one letter that is wider than the line
		}
		pieces = append(pieces, string(letters[:n])+"-")
		letters = letters[n:]
		if len(letters) == 1 {
			break
		}
	}
	return pieces, string(letters)
}
