//go:build windows || darwin

package display

import (
	"fyne.io/fyne/v2/lang"

	"lanyard/ui/words"
)

// Available tells whether windows can be shown: here, always.
func Available() bool { return true }

// desktopLanguage is the language that the desktop speaks.
func desktopLanguage() words.Language {
	return words.Of(func(name string) string {
		if name != "LANG" {
			return ""
		}
		return lang.SystemLocale().String()
	})
}
