package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
)

// Note is a message within a window: its tone told by a shape and a tint. What
// may be done about it stands below.
func Note(l theme.Look, n view.Note, width float32, buttons ...fyne.CanvasObject) fyne.CanvasObject {
	tint := l.Tint(toneOf(n.Tone))
	room := l.Space(16)
	inner := width - 2*room
	var head fyne.CanvasObject
	if sign, ok := signOf(n.Tone); ok {
		head = Picture(sign, tint.Ink, l.Type(20))
		inner -= l.Type(20) + l.Space(12)
	}
	var text []Item
	if n.Title != "" {
		text = append(text, Of(Paragraph(n.Title, Face{Size: l.Type(theme.Head), Bold: true, Ink: l.Text}, inner)))
	}
	if n.Sentence != "" {
		text = append(text, Of(Paragraph(n.Sentence, Face{Size: l.Type(theme.Text), Ink: l.Text}, inner)))
	}
	if last := noteFoot(l, n, inner, buttons); last != nil {
		text = append(text, Of(Inset(l.Space(8), 0, 0, 0, last)))
	}
	body := Column(l.Space(2), text...)
	content := Row(l.Space(12), At(Start, head), Grow(body))
	stroke, w := l.Frame(tint.Ink)
	paint := Paint{Fill: tint.Soft, Stroke: stroke, Width: w, Corner: theme.CornerCard}
	if n.Tone == view.Neutral && l.HighContrast {
		paint.Stroke = l.Line
	}
	return container.NewStack(paint.rectangle(), Inset(l.Space(14), room, l.Space(14), room, content))
}

// noteFoot puts the buttons beside each other, and the code at the end, or all
// below each other where they are too wide.
func noteFoot(l theme.Look, n view.Note, width float32, buttons []fyne.CanvasObject) fyne.CanvasObject {
	code := Line(n.Code, Face{Size: l.Type(theme.Least), Ink: l.Text2})
	var items []Item
	needed := float32(0)
	for _, b := range buttons {
		items = append(items, Of(b))
		needed += b.MinSize().Width + l.Space(12)
	}
	if n.Code != "" {
		needed += code.MinSize().Width
	}
	switch {
	case len(items) == 0 && n.Code == "":
		return nil
	case needed > width && n.Code != "":
		return Column(l.Space(8), append(items, At(Start, code))...)
	case needed > width:
		return Column(l.Space(8), items...)
	case n.Code == "":
		return Row(l.Space(12), append(items, Gap())...)
	default:
		return Row(l.Space(12), append(items, Gap(), At(Middle, code))...)
	}
}

func toneOf(t view.Tone) theme.Tone {
	switch t {
	case view.Good:
		return theme.OK
	case view.Careful:
		return theme.Warn
	case view.Bad:
		return theme.Bad
	default:
		return theme.Neutral
	}
}

func signOf(t view.Tone) (icon.Name, bool) {
	switch t {
	case view.Good:
		return icon.Tick, true
	case view.Careful, view.Bad:
		return icon.Warning, true
	default:
		return "", false
	}
}

// Chip is a short word on a tint, with a sign before it where there is one.
func Chip(l theme.Look, text string, t view.Tone, sign icon.Name) fyne.CanvasObject {
	tint := l.Tint(toneOf(t))
	if t == view.Neutral {
		tint = theme.Ink{Ink: l.Brand, Soft: l.BrandSoft}
	}
	var picture fyne.CanvasObject
	if sign != "" {
		picture = Picture(sign, tint.Ink, l.Type(16))
	}
	line := Row(l.Space(8), At(Middle, picture), At(Middle, Line(text, Face{Size: l.Type(theme.Least), Bold: true, Ink: tint.Ink})))
	height := line.MinSize().Height + 2*l.Space(4)
	stroke, w := l.Frame(tint.Ink)
	return container.NewStack(Paint{Fill: tint.Soft, Stroke: stroke, Width: w, Corner: height / 2}.rectangle(), Inset(l.Space(4), l.Space(12), l.Space(4), l.Space(12), line))
}
