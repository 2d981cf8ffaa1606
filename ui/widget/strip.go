package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
)

// stripLines is the scale from which on the chain is told in lines, since five
// discs would not stand beside each other.
const stripLines = 1.4

// Strip shows the chain from the card to the directory: a disc for each link,
// with a badge and a word, and wires that are whole, broken or dashed.
func Strip(l theme.Look, links []view.Link, width float32) fyne.CanvasObject {
	if l.Scale >= stripLines {
		return stripInLines(l, links)
	}
	s := strip{look: l, width: width, cell: width / float32(len(links)), disc: l.Control(48), c: container.NewWithoutLayout()}
	for i := 1; i < len(links); i++ {
		s.wire(i, links[i])
	}
	height := float32(0)
	for i, k := range links {
		height = max(height, s.link(i, k))
	}
	return sized(s.c, width, height)
}

// strip is the chain being drawn.
type strip struct {
	look  theme.Look
	width float32
	cell  float32
	disc  float32
	c     *fyne.Container
}

func (s *strip) put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	s.c.Add(o)
}

// markInk is the colour of a mark.
func markInk(l theme.Look, m view.LinkMark) theme.Ink {
	switch m {
	case view.Tick:
		return l.Palette.OK
	case view.Cross:
		return l.Palette.Bad
	default:
		return theme.Ink{Ink: l.Edge, Soft: l.Surface}
	}
}

func markSign(m view.LinkMark) icon.Name {
	switch m {
	case view.Tick:
		return icon.Tick
	case view.Cross:
		return icon.Cross
	default:
		return icon.Dash
	}
}

func partSign(p view.Part) icon.Name {
	return [...]icon.Name{icon.Card, icon.Reader, icon.Network, icon.Server, icon.Directory}[p]
}

// wire joins a link with the one before it, in the state of the farther one.
func (s *strip) wire(i int, k view.Link) {
	ink := markInk(s.look, k.Mark).Ink
	x, y := s.cell*(float32(i)-0.5)+s.disc/2+9, s.disc/2
	length := s.cell - s.disc - 18
	bar := func(from, to float32) {
		s.put(Paint{Fill: ink, Corner: 1}.rectangle(), x+from, y-1.5, to-from, 3)
	}
	switch k.Mark {
	case view.Tick:
		bar(0, length)
	case view.Cross:
		third := length * 0.34
		bar(0, third)
		bar(length-third, length)
		sign := Picture(icon.Cross, ink, 12)
		s.put(sign, x+length/2-6, y-6, 12, 12)
	default:
		const dashes = 4
		step := length / dashes
		for d := range dashes {
			bar(float32(d)*step+1, float32(d)*step+step*0.6)
		}
	}
}

// link draws a disc, its badge and its words; it returns how tall they are.
func (s *strip) link(i int, k view.Link) float32 {
	l, ink := s.look, markInk(s.look, k.Mark)
	middle := s.cell * (float32(i) + 0.5)
	disc := canvas.NewCircle(ink.Soft)
	disc.StrokeColor, disc.StrokeWidth = ink.Ink, max(2, l.Stroke())
	s.put(disc, middle-s.disc/2, 0, s.disc, s.disc)
	pic := ink.Ink
	if k.Mark == view.Dash {
		pic = l.Text2
	}
	size := s.disc * 0.48
	s.put(Picture(partSign(k.Part), pic, size), middle-size/2, (s.disc-size)/2, size, size)
	s.badge(middle+s.disc*0.42, s.disc*0.88, k.Mark)
	y := s.disc + l.Space(6)
	room := s.cell - l.Space(4)
	for _, t := range []fyne.CanvasObject{
		Centred(k.Name, Face{Size: l.Type(theme.Least), Bold: true, Ink: l.Text}, room),
		Centred(k.State, Face{Size: l.Type(theme.Least), Ink: s.stateInk(k.Mark)}, room),
	} {
		m := t.MinSize()
		s.put(t, middle-room/2, y, room, m.Height)
		y += m.Height
	}
	return y
}

func (s *strip) stateInk(m view.LinkMark) color.NRGBA {
	if m == view.Dash {
		return s.look.Text2
	}
	return markInk(s.look, m).Ink
}

// badge tells the state by its sign.
func (s *strip) badge(x, y float32, m view.LinkMark) {
	l, size := s.look, s.look.Control(18)
	around := canvas.NewCircle(l.Surface)
	s.put(around, x-size/2-2, y-size/2-2, size+4, size+4)
	disc := canvas.NewCircle(markInk(l, m).Ink)
	s.put(disc, x-size/2, y-size/2, size, size)
	sign := size * 0.62
	s.put(Picture(markSign(m), l.Surface, sign), x-sign/2, y-sign/2, sign, sign)
}

// stripInLines tells the chain in five lines, for large text.
func stripInLines(l theme.Look, links []view.Link) fyne.CanvasObject {
	items := make([]Item, len(links))
	for i, k := range links {
		ink := markInk(l, k.Mark).Ink
		if k.Mark == view.Dash {
			ink = l.Text2
		}
		items[i] = Of(Row(l.Space(14),
			At(Middle, Picture(partSign(k.Part), ink, l.Type(20))),
			At(Middle, Line(k.Name, Face{Size: l.Type(theme.Second), Bold: true, Ink: l.Text})), Gap(),
			At(Middle, Line(k.State, Face{Size: l.Type(theme.Second), Ink: ink})),
			At(Middle, Picture(markSign(k.Mark), ink, l.Type(18)))))
	}
	return Column(l.Space(8), items...)
}
