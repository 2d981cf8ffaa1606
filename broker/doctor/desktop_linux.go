package doctor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Names on the session bus.
const (
	trayHost      = "org.kde.StatusNotifierWatcher"
	notifications = "org.freedesktop.Notifications"
)

// bus is this session's bus.
type bus struct{ *dbus.Conn }

// sessionBus connects to the session's bus. Where there is none it does not
// let the library start one, which nobody would ever stop.
func sessionBus(ctx context.Context) (bus, bool) {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address == "" || strings.HasPrefix(address, "autolaunch:") {
		if _, err := os.Stat(filepath.Join(fmt.Sprintf("/run/user/%d", os.Getuid()), "bus")); err != nil {
			return bus{}, false
		}
	}
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	return bus{conn}, err == nil
}

// owned tells whether somebody runs who has a name.
func (b bus) owned(ctx context.Context, name string) bool {
	var has bool
	err := b.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has)
	return err == nil && has
}

// serves tells whether a name has an owner, or gets one when it is asked for.
func (b bus) serves(ctx context.Context, name string) bool {
	if b.owned(ctx, name) {
		return true
	}
	var names []string
	err := b.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.ListActivatableNames", 0).Store(&names)
	return err == nil && slices.Contains(names, name)
}

// desktop looks at who shows the icon and the notes.
func (e *examination) desktop(ctx context.Context) {
	b, ok := sessionBus(ctx)
	if !ok {
		e.say(ctx, none(Tray, TrayNone), none(Notifications, NotesNone))
		return
	}
	defer func() { _ = b.Close() }()
	tray, notes := none(Tray, TrayNone), none(Notifications, NotesNone)
	if b.owned(ctx, trayHost) {
		tray = good(Tray, TrayThere)
	}
	if b.serves(ctx, notifications) {
		notes = good(Notifications, NotesThere)
	}
	e.say(ctx, tray, notes)
}
