package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
)

// Rule is a thin line across.
func Rule(l theme.Look) fyne.CanvasObject {
	r := canvas.NewRectangle(l.Line)
	r.SetMinSize(fyne.NewSize(1, l.Stroke()))
	return r
}

// Head is the top of every window: whose program it is, for whom, and where
// one is. Everything but the live environment is a band in full colour. A name
// that is too long for the window's width ends in dots.
func Head(l theme.Look, e view.Environment, person string, width float32) fyne.CanvasObject {
	small := Face{Size: l.Type(theme.Second), Ink: l.Text2}
	gap, left, right := l.Space(10), l.Space(22), l.Space(20)
	name := Row(gap, At(Middle, Picture(icon.Brand, l.Brand, l.Type(18))), At(Middle, Line("Lanyard", Face{Size: l.Type(theme.Second), Bold: true, Ink: l.Text})))
	items := []Item{At(Middle, name), Gap()}
	room := width - left - right - name.MinSize().Width - 2*gap
	var chip fyne.CanvasObject
	if e.Live {
		chip = Chip(l, e.Name, view.Neutral, "")
		room -= chip.MinSize().Width + gap
	}
	if person != "" {
		text, _ := shorten(person, small, room)
		items = append(items, At(Middle, Line(text, small)))
	}
	items = append(items, At(Middle, chip))
	bar := container.NewStack(Paint{Fill: l.Surface}.rectangle(), Inset(l.Space(8), right, l.Space(8), left, Row(gap, items...)))
	if e.Live {
		return Column(0, Of(bar), Of(Rule(l)))
	}
	return Column(0, Of(band(l, e, width)), Of(bar), Of(Rule(l)))
}

// band says in full colour that nothing here is real; below each other where
// the site gave its environment a long name.
func band(l theme.Look, e view.Environment, width float32) fyne.CanvasObject {
	gap, left, right := l.Space(8), l.Space(22), l.Space(20)
	inner := width - left - right
	fill, ink := l.BandOf(e.Colour)
	name, note := Face{Size: l.Type(theme.Second), Bold: true, Ink: ink}, Face{Size: l.Type(theme.Second), Ink: ink}
	words := Row(gap, At(Middle, Line(e.Name, name)), At(Middle, Line(e.Note, note)), Gap())
	if Measure(e.Name, name)+Measure(e.Note, note)+2*gap > inner {
		words = Column(0, Of(Paragraph(e.Name, name, inner)), Of(Paragraph(e.Note, note, inner)))
	}
	return container.NewStack(Paint{Fill: fill}.rectangle(), Inset(l.Space(6), right, l.Space(6), left, words))
}

// Panel is a card on the window's ground.
func Panel(l theme.Look, room float32, o fyne.CanvasObject) fyne.CanvasObject {
	return Surface(Paint{Fill: l.Surface, Stroke: l.Line, Width: l.Stroke(), Corner: theme.CornerCard}, room, o)
}

// Owner shows whose card it is.
func Owner(l theme.Look, h view.Holder, width float32) fyne.CanvasObject {
	picture := CardPicture(l, h.Usable)
	inner := width - picture.MinSize().Width - l.Space(16)
	items := []Item{Of(Paragraph(h.Name, Face{Size: l.Type(theme.Name), Bold: true, Ink: l.Text}, inner))}
	if h.Second != "" {
		items = append(items, Of(Paragraph(h.Second, Face{Size: l.Type(theme.Second), Ink: l.Text2}, inner)))
	}
	return Row(l.Space(16), At(Middle, picture), Item{Object: Column(0, items...), Align: Middle, Grow: true})
}

// Answers are the buttons at the foot of a window: the filled one takes what
// room there is. They stand below each other, the filled one first, where they
// are too wide.
func Answers(l theme.Look, width float32, filled, other fyne.CanvasObject) fyne.CanvasObject {
	gap := l.Space(12)
	switch {
	case filled == nil && other == nil:
		return Blank(0, 0)
	case filled == nil:
		return Row(gap, Gap(), Of(other))
	case other == nil:
		return filled
	case filled.MinSize().Width+other.MinSize().Width+gap > width:
		return Column(gap, Of(filled), Of(other))
	default:
		return Row(gap, Of(other), Grow(filled))
	}
}

// Picked are the buttons at the end of a line, the filled one last.
func Picked(l theme.Look, width float32, start fyne.CanvasObject, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	gap := l.Space(12)
	needed := float32(0)
	items := []Item{}
	for _, b := range buttons {
		needed += b.MinSize().Width + gap
		items = append(items, Of(b))
	}
	if start != nil {
		needed += start.MinSize().Width
	}
	if needed > width {
		below := []Item{}
		for i := len(items) - 1; i >= 0; i-- {
			below = append(below, items[i])
		}
		return Column(gap, below...)
	}
	if start == nil {
		start = Blank(0, 0)
	}
	return Row(gap, append([]Item{At(Middle, start), Gap()}, items...)...)
}
