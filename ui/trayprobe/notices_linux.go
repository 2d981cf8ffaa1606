package trayprobe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

// The service that shows notifications, by the Desktop Notifications
// Specification.
const (
	notifier     = "org.freedesktop.Notifications"
	notifierPath = "/org/freedesktop/Notifications"
	program      = "org.lanyard.Desk" // the desktop entry, whose icon is shown where it is installed
)

// ErrNoBus is a notification sent while there is no session bus.
var ErrNoBus = errors.New("there is no session bus to send notifications over")

// Notices shows notifications through the session bus. The zero value is ready;
// its connection is [Notices.Watch]'s: desktops take the notifications of a
// program away when its connection closes.
type Notices struct {
	mu   sync.Mutex
	conn *dbus.Conn
	last uint32 // the one that the next takes the place of
}

// Watch tells at once whether notifications are shown, by a service that runs
// or that the bus starts, and again after each change, until ctx ends.
func (n *Notices) Watch(ctx context.Context, tell func(bool)) {
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		tell(false)
		return
	}
	defer func() {
		n.use(nil)
		_ = conn.Close()
	}()
	n.use(conn)
	watchName(ctx, conn, notifier, true, tell)
}

func (n *Notices) use(conn *dbus.Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conn = conn
}

// plain takes the meaning of markup from names that others wrote.
func plain(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// Send shows a notification in place of the one before, for as long as the
// desktop likes. It is for one goroutine at a time. The error is [ErrNoBus], or
// what the service or ctx said.
func (n *Notices) Send(ctx context.Context, title, sentence string) error {
	n.mu.Lock()
	conn, last := n.conn, n.last
	n.mu.Unlock()
	if conn == nil {
		return ErrNoBus
	}
	service := conn.Object(notifier, notifierPath)
	var can []string
	if err := service.CallWithContext(ctx, notifier+".GetCapabilities", 0).Store(&can); err != nil {
		return fmt.Errorf("ask what the notification service can do: %w", err)
	}
	if slices.Contains(can, "body-markup") {
		sentence = plain(sentence)
	}
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(program)}
	call := service.CallWithContext(ctx, notifier+".Notify", 0, "Lanyard", last, "", title, sentence, []string{}, hints, int32(-1))
	var id uint32
	if err := call.Store(&id); err != nil {
		return fmt.Errorf("send a notification: %w", err)
	}
	n.mu.Lock()
	n.last = id
	n.mu.Unlock()
	return nil
}
