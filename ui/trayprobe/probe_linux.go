package trayprobe

import (
	"context"
	"slices"

	"github.com/godbus/dbus/v5"
)

// host is who shows icons, by the StatusNotifierItem specification.
const host = "org.kde.StatusNotifierWatcher"

// Watch tells at once whether there is a host for icons, and again whenever
// one comes or goes, until ctx ends. Without a session bus there is none.
func Watch(ctx context.Context, tell func(bool)) {
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		tell(false)
		return
	}
	defer func() { _ = conn.Close() }()
	watchName(ctx, conn, host, false, tell)
}

// watchName tells whether a name of the bus has an owner, or gets one when it
// is called where started says that this counts.
func watchName(ctx context.Context, conn *dbus.Conn, name string, started bool, tell func(bool)) {
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name))
	if err != nil {
		tell(false)
		return
	}
	started = started && activatable(ctx, conn, name)
	var has bool
	if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has); err != nil {
		has = false
	}
	tell(has || started)
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-signals:
			if !ok {
				tell(false) // the bus is gone, and what was on it
				return
			}
			if len(s.Body) != 3 || s.Body[0] != name {
				continue
			}
			owner, _ := s.Body[2].(string)
			tell(owner != "" || started)
		}
	}
}

// activatable tells whether the bus starts the owner of a name when it is
// called.
func activatable(ctx context.Context, conn *dbus.Conn, name string) bool {
	var names []string
	if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.ListActivatableNames", 0).Store(&names); err != nil {
		return false
	}
	return slices.Contains(names, name)
}
