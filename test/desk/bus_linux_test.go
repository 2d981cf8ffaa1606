package desk

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// busConfig is a session bus that starts nothing by itself: what a desktop
// lacks is then really not there.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=SOCKET</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`

const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
 <property name="configver" type="int" value="2"/>
 <property name="panels" type="array"><value type="int" value="1"/>
  <property name="panel-1" type="empty">
   <property name="position" type="string" value="p=6;x=0;y=0"/>
   <property name="length" type="uint" value="100"/><property name="size" type="uint" value="32"/>
   <property name="position-locked" type="bool" value="true"/>
   <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
  </property></property>
 <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
`

// quietConfig has notifications taken and not shown over the windows of which
// pictures are made.
const quietConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-notifyd" version="1.0"><property name="do-not-disturb" type="bool" value="true"/></channel>
`

// xfceSettings is where Xfce's programs keep their settings.
const xfceSettings = ".config/xfce4/xfconf/xfce-perchannel-xml/"

// write writes a file of the rig's home.
func (r *rig) write(name, text string) string {
	r.t.Helper()
	path := filepath.Join(r.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// bus starts the session bus.
func (r *rig) bus() {
	r.t.Helper()
	socket := filepath.Join(r.home, "bus")
	r.start("dbus-daemon", "--config-file="+r.write("bus.conf", strings.ReplaceAll(busConfig, "SOCKET", socket)), "--nofork", "--nopidfile")
	r.env = append(r.env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+socket)
	r.until("a session bus", func() bool { _, err := os.Stat(socket); return err == nil })
}

// dial calls the session bus.
func (r *rig) dial() *dbus.Conn {
	r.t.Helper()
	c, err := dbus.Connect("unix:path=" + filepath.Join(r.home, "bus"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = c.Close() })
	return c
}

// owned waits until somebody has a name on the bus.
func (r *rig) owned(name string) {
	r.t.Helper()
	c := r.dial()
	r.until(name, func() bool {
		var has bool
		return c.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has) == nil && has
	})
}

// xfconf starts what keeps the settings of Xfce's programs.
func (r *rig) xfconf() {
	r.t.Helper()
	r.start("/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd")
	r.owned("org.xfce.Xfconf")
}

// tray starts a host for the tray's icons.
func (r *rig) tray() {
	r.t.Helper()
	r.write(xfceSettings+"xfce4-panel.xml", panelConfig)
	r.start("xfce4-panel", "--disable-wm-check")
	r.owned("org.kde.StatusNotifierWatcher")
}

// ring starts the keyring.
func (r *rig) ring(how ring) {
	r.t.Helper()
	if how == noRing {
		return
	}
	r.startWith("desk", "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	r.owned("org.freedesktop.secrets")
	if how == openRing {
		return
	}
	var done []dbus.ObjectPath
	var prompt dbus.ObjectPath
	call := r.dial().Object("org.freedesktop.secrets", "/org/freedesktop/secrets").Call("org.freedesktop.Secret.Service.Lock", 0,
		[]dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"})
	if err := call.Store(&done, &prompt); err != nil || len(done) != 1 {
		r.t.Fatalf("lock the keyring: %v, %v", done, err)
	}
}
