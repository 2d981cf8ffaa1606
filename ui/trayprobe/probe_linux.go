package trayprobe

import (
	"context"

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
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	err = conn.AddMatchSignalContext(ctx, dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, host))
	if err != nil {
		tell(false)
		return
	}
	var has bool
	if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, host).Store(&has); err != nil {
		has = false
	}
	tell(has)
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-signals:
			if !ok {
				tell(false) // the bus is gone, and the tray with it
				return
			}
			if len(s.Body) != 3 || s.Body[0] != host {
				continue
			}
			owner, _ := s.Body[2].(string)
			tell(owner != "")
		}
	}
}
