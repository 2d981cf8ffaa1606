package display

import (
	"cmp"
	"context"
	"errors"
	"fmt"

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

// Why there are no windows.
var (
	// ErrNone: there is no display to show windows on.
	ErrNone = errors.New("there is no display here; use --terminal")
	// ErrSilent: there should be one, and it does not answer.
	ErrSilent = errors.New("the display does not answer; log in to a desktop, or use --terminal")
	// ErrCannotDraw: there is one, and the toolkit cannot draw on it.
	ErrCannotDraw = errors.New("windows cannot be drawn on this display; ask local IT for OpenGL, or use --terminal")
)

// Options are a person's wishes for the look.
type Options struct {
	Language words.Language // empty: the desktop's
	Look     string         // light, dark or contrast; empty: the desktop's
	Text     int            // per cent; 0: 100
}

// Run shows the desk until ctx ends or the person quits. It must be called on
// the main goroutine. The errors are those of [Check], and
// [ErrCannotDraw].
func Run(ctx context.Context, c ui.Config, o Options) error {
	if err := Check(ctx); err != nil {
		return err
	}
	a := app.NewWithID(id)
	c.Style = view.Style{Language: o.language(), Text: cmp.Or(o.Text, 100), Colours: o.Look}
	c.Desktop = theme.Light()
	if dark(ctx, a) {
		c.Desktop = theme.Dark()
	}
	c.Tray, c.Tooltip, c.MenuText, c.Notices = trayprobe.Watch, systray.SetTooltip, menuText, notices(a)
	err := ui.New(a, c).Run(ctx)
	if errors.Is(err, ui.ErrNotStarted) {
		err = fmt.Errorf("%w: %w", ErrCannotDraw, err)
	}
	return err
}

func (o Options) language() words.Language {
	if o.Language != "" {
		return o.Language
	}
	return desktopLanguage()
}
