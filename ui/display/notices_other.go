//go:build !linux

package display

import (
	"context"

	"fyne.io/fyne/v2"

	"lanyard/ui"
)

// toolkit shows notifications as the toolkit does it: Windows and macOS always
// have something that shows them.
type toolkit struct{ app fyne.App }

// Watch tells that notifications are shown.
func (toolkit) Watch(ctx context.Context, tell func(bool)) {
	tell(true)
	<-ctx.Done()
}

// Send shows one.
func (t toolkit) Send(_ context.Context, title, sentence string) error {
	t.app.SendNotification(fyne.NewNotification(title, sentence))
	return nil
}

func notices(a fyne.App) ui.Notices { return toolkit{a} }
