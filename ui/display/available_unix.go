//go:build !windows && !darwin

package display

import (
	"os"

	"lanyard/ui/words"
)

// Available tells whether windows can be shown.
func Available() bool { return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" }

// desktopLanguage is the language that the desktop speaks.
func desktopLanguage() words.Language { return words.Of(os.Getenv) }
