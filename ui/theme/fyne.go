package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"

	"lanyard/assets"
)

// Fyne is a look as the toolkit wants it, for the parts of the toolkit that
// are used as they are: the search field, scroll bars, menus.
type Fyne struct {
	look          Look
	regular, bold fyne.Resource
}

// NewFyne makes the toolkit's theme of a look.
func NewFyne(l Look) *Fyne {
	return &Fyne{
		look:    l,
		regular: fyne.NewStaticResource("Regular.ttf", assets.FontRegular()),
		bold:    fyne.NewStaticResource("SemiBold.ttf", assets.FontSemiBold()),
	}
}

// Color gives our colours for the toolkit's names, whatever its variant.
func (f *Fyne) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	l := f.look
	switch n {
	case base.ColorNameBackground:
		return l.Ground
	case base.ColorNameInputBackground, base.ColorNameInputBorder, base.ColorNameShadow, base.ColorNameFocus:
		return color.Transparent // our own frame stands around the field
	case base.ColorNameMenuBackground, base.ColorNameOverlayBackground, base.ColorNameHeaderBackground:
		return l.Surface
	case base.ColorNameForeground:
		return l.Text
	case base.ColorNamePlaceHolder:
		return l.Text2
	case base.ColorNameDisabled:
		return l.Off
	case base.ColorNamePrimary, base.ColorNameHyperlink:
		return l.Brand
	case base.ColorNameSelection:
		return l.BrandSoft
	case base.ColorNameHover, base.ColorNamePressed, base.ColorNameScrollBarBackground:
		return l.Sunk
	case base.ColorNameSeparator:
		return l.Line
	case base.ColorNameScrollBar:
		return l.Edge
	case base.ColorNameError:
		return l.Palette.Bad.Ink
	case base.ColorNameWarning:
		return l.Palette.Warn.Ink
	case base.ColorNameSuccess:
		return l.Palette.OK.Ink
	default:
		return base.DefaultTheme().Color(n, v)
	}
}

// Font gives the two weights; the symbols stay the toolkit's.
func (f *Fyne) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Symbol || s.Monospace:
		return base.DefaultTheme().Font(s)
	case s.Bold:
		return f.bold
	default:
		return f.regular
	}
}

// Icon gives the toolkit's own.
func (f *Fyne) Icon(n fyne.ThemeIconName) fyne.Resource { return base.DefaultTheme().Icon(n) }

// Size gives sizes that grow with the text.
func (f *Fyne) Size(n fyne.ThemeSizeName) float32 {
	l := f.look
	switch n {
	case base.SizeNameText:
		return l.Type(Row)
	case base.SizeNameCaptionText:
		return l.Type(Least)
	case base.SizeNameInnerPadding:
		return l.Space(8)
	case base.SizeNamePadding:
		return l.Space(4)
	case base.SizeNameInputBorder:
		return 0
	case base.SizeNameScrollBar, base.SizeNameScrollBarSmall:
		return 6
	default:
		return base.DefaultTheme().Size(n)
	}
}
