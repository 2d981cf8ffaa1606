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

// Picture is a small picture of the program in one colour.
func Picture(n icon.Name, ink color.NRGBA, size float32) fyne.CanvasObject {
	hex := theme.Hex(ink)
	return square(fyne.NewStaticResource(string(n)+hex+".svg", icon.Small(n, hex)), size)
}

// StatePicture is the picture of a state, as the tray shows it.
func StatePicture(i view.Icon, ink color.NRGBA, size float32) fyne.CanvasObject {
	hex := theme.Hex(ink)
	return square(fyne.NewStaticResource("state-"+i.String()+hex+".svg", icon.Tray(i, hex)), size)
}

// square shows a picture. The toolkit keeps pictures by name, so the name holds
// the colour.
func square(r fyne.Resource, size float32) fyne.CanvasObject {
	img := canvas.NewImageFromResource(r)
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(size, size))
	return img
}

// CardPicture is a smartcard with its chip.
func CardPicture(l theme.Look, usable bool) fyne.CanvasObject {
	w, h := l.Control(60), l.Control(40)
	body, chip := l.Brand, l.OnBrand
	if !usable {
		body = l.Edge
	}
	paint := Paint{Fill: body, Corner: l.Space(6)}
	if l.HighContrast {
		paint = Paint{Fill: l.Ground, Stroke: body, Width: l.Stroke(), Corner: l.Space(6)}
		chip = body
	}
	c := container.NewWithoutLayout(paint.rectangle())
	place := func(x, y, w, h float32, p Paint) {
		r := p.rectangle()
		r.Move(fyne.NewPos(x, y))
		r.Resize(fyne.NewSize(w, h))
		c.Add(r)
	}
	c.Objects[0].Resize(fyne.NewSize(w, h))
	place(w*0.13, h*0.21, w*0.21, h*0.31, Paint{Fill: chip, Corner: w * 0.05})
	place(w*0.13, h*0.74, w*0.32, max(h*0.04, 2), Paint{Fill: chip, Corner: 1})
	place(w*0.68, h*0.74, w*0.19, max(h*0.04, 2), Paint{Fill: chip, Corner: 1})
	return sized(c, w, h)
}

// sized gives objects that are placed by hand a size to ask for.
func sized(c *fyne.Container, w, h float32) fyne.CanvasObject {
	return &fyne.Container{Layout: fixed{fyne.NewSize(w, h)}, Objects: []fyne.CanvasObject{c}}
}

// fixed is a layout of one size.
type fixed struct{ size fyne.Size }

// MinSize is the size.
func (f fixed) MinSize([]fyne.CanvasObject) fyne.Size { return f.size }

// Layout keeps the size, whatever room there is.
func (f fixed) Layout(objects []fyne.CanvasObject, _ fyne.Size) {
	for _, o := range objects {
		o.Resize(f.size)
	}
}
