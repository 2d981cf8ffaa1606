//go:build !linux

package doctor

import "context"

// desktop has nothing to find: the tray and the notes are part of the system.
func (e *examination) desktop(ctx context.Context) {
	e.say(ctx, good(Tray, TrayPart), good(Notifications, TrayPart))
}
