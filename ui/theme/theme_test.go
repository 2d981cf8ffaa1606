package theme_test

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"

	"lanyard/ui/theme"
)

// luminance and ratio are those of WCAG 2.2.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func ratio(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func TestRatioIsThatOfWCAG(t *testing.T) {
	white, grey := color.NRGBA{255, 255, 255, 255}, color.NRGBA{0x77, 0x77, 0x77, 255}
	if got := ratio(white, color.NRGBA{A: 255}); math.Abs(got-21) > 0.01 {
		t.Errorf("white on black: %.2f, want 21", got)
	}
	if got := ratio(white, grey); math.Abs(got-4.48) > 0.01 {
		t.Errorf("white on #777: %.2f, want 4.48", got)
	}
}

// TestContrast holds words at 4.5 and controls at 3, as WCAG AA asks, and the
// palette of highest contrast at 7, as AAA asks.
func TestContrast(t *testing.T) {
	for _, p := range theme.Palettes() {
		words, shapes := 4.5, 3.0
		if p.HighContrast {
			words, shapes = 7, 7
		}
		hold := func(what string, least float64, ink color.NRGBA, grounds ...color.NRGBA) {
			for _, g := range grounds {
				if got := ratio(ink, g); got < least {
					t.Errorf("%s: %s: %s on %s is %.2f, want %.1f", p.Name, what, theme.Hex(ink), theme.Hex(g), got, least)
				}
			}
		}
		grounds := []color.NRGBA{p.Ground, p.Surface, p.Sunk, p.BrandSoft, p.OK.Soft, p.Warn.Soft, p.Bad.Soft}
		hold("text", words, p.Text, grounds...)
		hold("second text", words, p.Text2, grounds...)
		hold("edge of controls", shapes, p.Edge, p.Ground, p.Surface, p.Sunk)
		hold("brand as ink", words, p.Brand, p.Ground, p.Surface, p.Sunk, p.BrandSoft)
		hold("words on the filled button", words, p.OnBrand, p.Brand, p.BrandHover)
		hold("focus ring", shapes, p.Focus, p.Ground, p.Surface, p.OK.Soft, p.Warn.Soft, p.Bad.Soft)
		for name, i := range map[string]theme.Ink{"ok": p.OK, "warn": p.Warn, "bad": p.Bad} {
			hold(name, words, i.Ink, i.Soft, p.Ground, p.Surface)
		}
		hold("words on the band", words, p.OnBand, p.Band)
		hold("the band", shapes, p.Band, p.Ground)
		hold("what is off", words, p.Off, p.Sunk)
	}
}

// TestPanel holds the tray's icons at 3 on panels from white to nearly black.
func TestPanel(t *testing.T) {
	for tone := theme.Neutral; tone <= theme.Bad; tone++ {
		for _, g := range []color.NRGBA{{255, 255, 255, 255}, {0xF6, 0xF5, 0xF4, 255}, {0x24, 0x24, 0x24, 255}, {A: 255}} {
			if got := ratio(theme.Panel(tone), g); got < 3 {
				t.Errorf("tone %d on %s: %.2f, want 3", tone, theme.Hex(g), got)
			}
		}
	}
}

func TestTonesDiffer(t *testing.T) {
	for _, p := range theme.Palettes() {
		l, seen := theme.NewLook(p, 1), map[theme.Ink]theme.Tone{}
		for tone := theme.Neutral; tone <= theme.Bad; tone++ {
			ink := l.Tint(tone)
			if before, ok := seen[ink]; ok {
				t.Errorf("%s: tones %d and %d look the same", p.Name, before, tone)
			}
			seen[ink] = tone
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct{ asked, is, text, control, space, width float32 }{
		{1, 1, 16, 48, 20, 460},
		{2, 2, 32, 69.6, 27, 745.2},
		{0.5, 1, 16, 48, 20, 460},
		{9, 2, 32, 69.6, 27, 745.2},
	} {
		l := theme.NewLook(theme.Light(), c.asked)
		got := []float32{l.Scale, l.Type(16), l.Control(48), l.Space(20), l.Width(460)}
		for i, want := range []float32{c.is, c.text, c.control, c.space, c.width} {
			if math.Abs(float64(got[i]-want)) > 0.01 {
				t.Errorf("scale %v: %v, want %v", c.asked, got, c)
				break
			}
		}
	}
}

func TestFyneTheme(t *testing.T) {
	for _, p := range theme.Palettes() {
		f := theme.NewFyne(theme.NewLook(p, 2))
		for name, want := range map[fyne.ThemeColorName]color.NRGBA{
			base.ColorNameBackground: p.Ground, base.ColorNameForeground: p.Text, base.ColorNamePlaceHolder: p.Text2,
		} {
			for _, v := range []fyne.ThemeVariant{base.VariantLight, base.VariantDark} {
				if got := f.Color(name, v); fmt.Sprint(got) != fmt.Sprint(color.Color(want)) {
					t.Errorf("%s: %s is %v, want %v", p.Name, name, got, want)
				}
			}
		}
		if got := f.Size(base.SizeNameText); got != 34 {
			t.Errorf("text is %v at 200 %%, want 34", got)
		}
		if r := f.Font(fyne.TextStyle{Bold: true}); r.Name() != "SemiBold.ttf" {
			t.Errorf("bold is %s", r.Name())
		}
	}
}
