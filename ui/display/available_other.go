//go:build windows || darwin

package display

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"lanyard/ui/words"
)

// Check tells whether windows can be shown: here, always.
func Check(context.Context) error { return nil }

// desktopLanguage is the language that the desktop speaks.
func desktopLanguage() words.Language {
	return words.Of(func(name string) string {
		if name != "LANG" {
			return ""
		}
		return lang.SystemLocale().String()
	})
}
