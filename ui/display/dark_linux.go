package display

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"github.com/godbus/dbus/v5"
)

// askDesktop is how long the desktop may take to say what it likes.
const askDesktop = time.Second

// dark tells whether the desktop prefers dark windows. It is asked through the
// portal: the toolkit takes a desktop that does not say for a dark one.
func dark(ctx context.Context, _ fyne.App) bool {
	ctx, cancel := context.WithTimeout(ctx, askDesktop)
	defer cancel()
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	const preferDark = uint32(1)
	var v dbus.Variant
	portal := conn.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop")
	err = portal.CallWithContext(ctx, "org.freedesktop.portal.Settings.Read", dbus.FlagNoAutoStart, "org.freedesktop.appearance", "color-scheme").Store(&v)
	if err != nil {
		return false
	}
	for { // older portals wrap the value twice
		inner, ok := v.Value().(dbus.Variant)
		if !ok {
			break
		}
		v = inner
	}
	return v.Value() == preferDark
}
