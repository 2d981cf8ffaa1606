package display

import (
	"fyne.io/fyne/v2"

	"lanyard/ui"
	"lanyard/ui/trayprobe"
)

// notices go over the bus, with a deadline and an end of their own: the
// toolkit's have neither.
func notices(fyne.App) ui.Notices { return &trayprobe.Notices{} }
