package ui

import (
	"bytes"
	"image/png"
	"testing"

	"fyne.io/fyne/v2/test"

	"lanyard/ui/view"
)

// TestTrayIconIsDrawn: the toolkit draws pictures of lines itself, on a
// goroutine where it must not.
func TestTrayIconIsDrawn(t *testing.T) {
	test.NewTempApp(t)
	seen := make(map[string]view.Icon)
	for i := view.NoReaderIcon; i <= view.TroubleIcon; i++ {
		r := trayIcon(i)
		img, err := png.Decode(bytes.NewReader(r.Content()))
		if err != nil {
			t.Fatalf("%v is %s: %v", i, r.Name(), err)
		}
		if size := img.Bounds().Size(); size.X != trayPixels || size.Y != trayPixels {
			t.Errorf("%v is drawn on %v", i, size)
		}
		drawn := 0
		for y := range trayPixels {
			for x := range trayPixels {
				if _, _, _, a := img.At(x, y).RGBA(); a > 0x8000 {
					drawn++
				}
			}
		}
		if drawn < trayPixels*trayPixels/8 || drawn > trayPixels*trayPixels*7/8 {
			t.Errorf("%v covers %d pixels", i, drawn)
		}
		if other, ok := seen[string(r.Content())]; ok {
			t.Errorf("%v looks like %v", i, other)
		}
		seen[string(r.Content())] = i
	}
}
