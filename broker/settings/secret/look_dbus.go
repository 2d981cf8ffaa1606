//go:build unix && !darwin

package secret

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// The Secret Service's names.
const (
	serviceName       = "org.freedesktop.secrets"
	servicePath       = dbus.ObjectPath("/org/freedesktop/secrets")
	defaultCollection = dbus.ObjectPath("/org/freedesktop/secrets/aliases/default")
)

// Look tells how a secret does. It opens no dialog.
func (r *Ring) Look(ctx context.Context, name string) State {
	if reachable() != nil {
		return None
	}
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return None
	}
	defer func() { _ = conn.Close() }()
	var open, shut []dbus.ObjectPath
	attributes := map[string]string{"service": Service, "username": name}
	err = conn.Object(serviceName, servicePath).CallWithContext(ctx, "org.freedesktop.Secret.Service.SearchItems", 0, attributes).Store(&open, &shut)
	if err != nil {
		return None
	}
	var locked dbus.Variant
	err = conn.Object(serviceName, defaultCollection).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
		"org.freedesktop.Secret.Collection", "Locked").Store(&locked)
	switch isLocked, _ := locked.Value().(bool); {
	case len(open) > 0:
		return Kept
	case err != nil:
		return None // there is a service and no keyring in it
	case isLocked, len(shut) > 0:
		return Locked
	default:
		return Absent
	}
}
