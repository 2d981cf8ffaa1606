package display

import (
	"cmp"
	"context"
	"errors"

	"fyne.io/fyne/v2/app"
	"fyne.io/systray"

	"lanyard/ui"
	"lanyard/ui/theme"
	"lanyard/ui/trayprobe"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// id names the program to the desktop.
const id = "org.lanyard.Desk"

// ErrNone is that there is no display to show windows on.
var ErrNone = errors.New("there is no display here; use --terminal")

// Options are a person's wishes for the look.
type Options struct {
	Language words.Language // empty: the desktop's
	Look     string         // light, dark or contrast; empty: the desktop's
	Text     int            // per cent; 0: 100
}

// Run shows the desk until ctx ends or the person quits. It must be called on
// the main goroutine. The error is [ErrNone] where there is no display: the
// toolkit would panic.
func Run(ctx context.Context, c ui.Config, o Options) error {
	if !Available() {
		return ErrNone
	}
	a := app.NewWithID(id)
	c.Style = view.Style{Language: o.language(), Text: cmp.Or(o.Text, 100), Colours: o.Look}
	c.Desktop = theme.Light()
	if dark(ctx, a) {
		c.Desktop = theme.Dark()
	}
	c.Tray, c.Tooltip, c.Notices = trayprobe.Watch, systray.SetTooltip, notices(a)
	return ui.New(a, c).Run(ctx)
}

func (o Options) language() words.Language {
	if o.Language != "" {
		return o.Language
	}
	return desktopLanguage()
}
