package theme_test

import (
	"fmt"
	"testing"

	"lanyard/ui/theme"
)

func TestBandOfAnyColour(t *testing.T) {
	l := theme.NewLook(theme.Light(), 1)
	for r := 0; r <= 0xff; r += 15 {
		for g := 0; g <= 0xff; g += 15 {
			for b := 0; b <= 0xff; b += 15 {
				fill, words := l.BandOf(fmt.Sprintf("#%02x%02X%02x", r, g, b))
				if int(fill.R) != r || int(fill.G) != g || int(fill.B) != b {
					t.Fatalf("%02x%02x%02x became %v", r, g, b, fill)
				}
				if c := ratio(fill, words); c < 4.5 {
					t.Fatalf("%v on %v: %.2f", words, fill, c)
				}
			}
		}
	}
}

func TestBandOfTheLook(t *testing.T) {
	for _, p := range theme.Palettes() {
		l := theme.NewLook(p, 1)
		for _, colour := range []string{"", "red", "#12345", "#zzzzzz"} {
			if fill, words := l.BandOf(colour); fill != p.Band || words != p.OnBand {
				t.Errorf("%s, %q: %v %v", p.Name, colour, fill, words)
			}
		}
	}
	if fill, _ := theme.NewLook(theme.Contrast(), 1).BandOf("#336699"); fill != theme.Contrast().Band {
		t.Errorf("high contrast gave way to %v", fill)
	}
}
