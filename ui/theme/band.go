package theme

import (
	"fmt"
	"image/color"
	"math"
)

// BandOf returns the colours of an environment's band: the look's own, or those
// of a colour that the site chose ("#rrggbb"), with black or white words on it,
// whichever stands out more: at least 4.5 to 1 on every colour. High contrast
// keeps its own.
func (l Look) BandOf(colour string) (fill, words color.NRGBA) {
	fill = color.NRGBA{A: 0xff}
	_, err := fmt.Sscanf(colour, "#%02x%02x%02x", &fill.R, &fill.G, &fill.B)
	if err != nil || len(colour) != len("#rrggbb") || l.HighContrast {
		return l.Band, l.OnBand
	}
	const even = 0.179 // black and white stand out from it alike (WCAG 2.2)
	if relative(fill) > even {
		return fill, color.NRGBA{A: 0xff}
	}
	return fill, color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
}

// relative is the luminance that WCAG 2.2 defines, 0 to 1.
func relative(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 0xff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}
