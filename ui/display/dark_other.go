//go:build !linux

package display

import (
	"context"

	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"
)

// dark tells whether the desktop prefers dark windows.
func dark(_ context.Context, a fyne.App) bool { return a.Settings().ThemeVariant() == base.VariantDark }
