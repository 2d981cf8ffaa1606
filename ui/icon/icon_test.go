package icon_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"io"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"lanyard/ui/icon"
	"lanyard/ui/view"
)

func wellFormed(t *testing.T, name string, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// drawn is which pixels of a square a picture covers, as the toolkit draws it.
func drawn(name string, svg []byte, size float32) string {
	img := canvas.NewImageFromResource(fyne.NewStaticResource(name+".svg", svg))
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(img)
	c.Resize(fyne.NewSquareSize(size))
	shot := c.Capture()
	b := shot.Bounds()
	var out []byte
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			mark := byte('.')
			if color.NRGBAModel.Convert(shot.At(x, y)).(color.NRGBA).A > 127 {
				mark = '#'
			}
			out = append(out, mark)
		}
	}
	return string(out)
}

// TestTrayFamilyDiffersInShape holds that no two icons of the tray look alike
// at the sizes of panels once their colour is taken away.
func TestTrayFamilyDiffersInShape(t *testing.T) {
	test.NewTempApp(t)
	for _, size := range []int{16, 22, 24, 32} {
		sixth := size * size / 6
		shapes := map[view.Icon]string{}
		for i := view.NoReaderIcon; i <= view.TroubleIcon; i++ {
			svg := icon.Tray(i, "#10222a")
			wellFormed(t, i.String(), svg)
			shape := drawn("tray-"+i.String(), svg, float32(size))
			if n := strings.Count(shape, "#"); n < sixth || n > 5*sixth {
				t.Errorf("%s covers %d of %d pixels", i, n, size*size)
			}
			for other, s := range shapes {
				differ := 0
				for k := range s {
					if s[k] != shape[k] {
						differ++
					}
				}
				if differ < sixth {
					t.Errorf("%s and %s differ in %d of %d pixels only", i, other, differ, size*size)
				}
			}
			shapes[i] = shape
		}
	}
}

func TestSmallPictures(t *testing.T) {
	test.NewTempApp(t)
	seen := map[string]icon.Name{}
	for _, n := range icon.Names() {
		svg := icon.Small(n, "#10222a")
		wellFormed(t, string(n), svg)
		shape := drawn(string(n), svg, 24)
		if other, ok := seen[shape]; ok {
			t.Errorf("%s and %s look the same", n, other)
		}
		if !bytes.Contains([]byte(shape), []byte("#")) {
			t.Errorf("%s is empty", n)
		}
		seen[shape] = n
	}
}
