package theme

import "image/color"

// Ink is a colour on the ground it is meant for.
type Ink struct{ Ink, Soft color.NRGBA }

// Palette is one set of colours. Every colour has one job.
type Palette struct {
	Name string

	Ground  color.NRGBA // the window
	Surface color.NRGBA // cards and fields
	Sunk    color.NRGBA // chips, what is off, hover

	Text  color.NRGBA
	Text2 color.NRGBA // second lines
	Line  color.NRGBA // decoration only
	Edge  color.NRGBA // of controls

	Brand      color.NRGBA
	OnBrand    color.NRGBA
	BrandHover color.NRGBA
	BrandSoft  color.NRGBA // selected
	Focus      color.NRGBA // the ring and nothing else

	OK, Warn, Bad Ink

	Band, OnBand color.NRGBA // the band of an environment that is not live
	Off          color.NRGBA // words of a control that is off

	HighContrast bool // lines instead of tints
}

// Light is the palette for light rooms.
func Light() Palette {
	return Palette{
		Name: "light", Ground: rgb(0xF3F6F6), Surface: rgb(0xFFFFFF), Sunk: rgb(0xE9EFF0),
		Text: rgb(0x10222A), Text2: rgb(0x465A62), Line: rgb(0xD3DDDF), Edge: rgb(0x667A80),
		Brand: rgb(0x0B5A63), OnBrand: rgb(0xFFFFFF), BrandHover: rgb(0x08454C), BrandSoft: rgb(0xDDEFF0), Focus: rgb(0x4A35C8),
		OK:   Ink{rgb(0x17663A), rgb(0xE1F3E8)},
		Warn: Ink{rgb(0x7A4600), rgb(0xFFF1D6)},
		Bad:  Ink{rgb(0xA3201A), rgb(0xFCE9E7)},
		Band: rgb(0x7B1E6A), OnBand: rgb(0xFFFFFF), Off: rgb(0x465A62),
	}
}

// Dark is the palette for dark rooms.
func Dark() Palette {
	return Palette{
		Name: "dark", Ground: rgb(0x0E1619), Surface: rgb(0x162126), Sunk: rgb(0x1E2B31),
		Text: rgb(0xECF2F3), Text2: rgb(0xA7B8BE), Line: rgb(0x2C3B42), Edge: rgb(0x7F949B),
		Brand: rgb(0x7AD3D6), OnBrand: rgb(0x04282B), BrandHover: rgb(0xA0E2E4), BrandSoft: rgb(0x14393D), Focus: rgb(0xC4B8FF),
		OK:   Ink{rgb(0x7FDBA0), rgb(0x12331F)},
		Warn: Ink{rgb(0xFFC766), rgb(0x3A2A0C)},
		Bad:  Ink{rgb(0xFFA39B), rgb(0x42191A)},
		Band: rgb(0xF3A6E2), OnBand: rgb(0x3A0A32), Off: rgb(0xA7B8BE),
	}
}

// Contrast is the palette of highest contrast: black, and frames for tints.
func Contrast() Palette {
	black, white := rgb(0x000000), rgb(0xFFFFFF)
	return Palette{
		Name: "contrast", Ground: black, Surface: black, Sunk: black,
		Text: white, Text2: white, Line: white, Edge: white,
		Brand: rgb(0xFFE94A), OnBrand: black, BrandHover: rgb(0xFFF8B8), BrandSoft: black, Focus: rgb(0x3FE6FF),
		OK:   Ink{rgb(0x7CFF9B), black},
		Warn: Ink{rgb(0xFFC84A), black},
		Bad:  Ink{rgb(0xFF9E94), black},
		Band: rgb(0xFF9CEB), OnBand: black, Off: rgb(0xB4B4B4),
		HighContrast: true,
	}
}

// Palettes are all of them.
func Palettes() []Palette { return []Palette{Light(), Dark(), Contrast()} }

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// Hex writes a colour as SVG and CSS do.
func Hex(c color.NRGBA) string {
	const digits = "0123456789abcdef"
	b := []byte("#000000")
	for i, v := range [...]uint8{c.R, c.G, c.B} {
		b[1+2*i], b[2+2*i] = digits[v>>4], digits[v&15]
	}
	return string(b)
}

// Panel is the colour of an icon in the tray, whose ground nobody tells: each
// stands out from light panels and from dark ones alike.
func Panel(t Tone) color.NRGBA {
	switch t {
	case OK:
		return rgb(0x1A8A4A)
	case Warn:
		return rgb(0xB0690A)
	case Bad:
		return rgb(0xD5433B)
	default:
		return rgb(0x647A82)
	}
}
