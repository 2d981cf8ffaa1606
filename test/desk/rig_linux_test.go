package desk

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// patience is how long anything may take on a machine that is busy.
const patience = 60 * time.Second

// rig is a desktop of the test's own.
type rig struct {
	t    *testing.T
	home string
	env  []string
}

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

// newRig starts the X server, the bus and the window manager.
func newRig(t *testing.T) *rig {
	t.Helper()
	home, err := os.MkdirTemp("", "desk") // short: sockets stand in it
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, home: home}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	xml := filepath.Join(home, ".config/xfce4/xfconf/xfce-perchannel-xml")
	for _, dir := range []string{xml, filepath.Join(home, "run")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(xml, "xfce4-panel.xml"), []byte(panelConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); !strings.HasPrefix(name, "XDG_") && name != "DISPLAY" && name != "WAYLAND_DISPLAY" && name != "DBUS_SESSION_BUS_ADDRESS" {
			r.env = append(r.env, e)
		}
	}
	r.env = append(r.env, "HOME="+home, "XDG_CONFIG_HOME="+home+"/.config", "XDG_DATA_HOME="+home+"/.local/share", "XDG_CACHE_HOME="+home+"/.cache",
		"XDG_RUNTIME_DIR="+home+"/run", "XDG_SESSION_TYPE=x11", "GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_GB.UTF-8")
	display := filepath.Join(home, "display")
	r.start("sh", "-c", `exec Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -noreset 3>"$0"`, display)
	r.until("an X server", func() bool { return r.read(display) != "" })
	r.env = append(r.env, "DISPLAY=:"+r.read(display))
	bus := filepath.Join(home, "bus")
	r.start("sh", "-c", `exec dbus-daemon --session --nofork --nopidfile --print-address=3 3>"$0"`, bus)
	r.until("a session bus", func() bool { return r.read(bus) != "" })
	r.env = append(r.env, "DBUS_SESSION_BUS_ADDRESS="+r.read(bus))
	r.start("xfwm4", "--compositor=off")
	r.until("a window manager", func() bool { return strings.Contains(r.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), "window id") })
	return r
}

// start runs a program until the test ends.
func (r *rig) start(name string, args ...string) *exec.Cmd {
	r.t.Helper()
	c := exec.Command(name, args...)
	c.Env = r.env
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var log bytes.Buffer
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		r.t.Fatalf("start %s: %v", name, err)
	}
	r.t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGTERM)
		done := time.AfterFunc(10*time.Second, func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
		_ = c.Wait()
		done.Stop()
		if r.t.Failed() {
			r.t.Logf("%s said:\n%s", name, log.Bytes())
		}
	})
	return c
}

// run runs a program and returns what it says.
func (r *rig) run(name string, args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Env = r.env
	out, _ := c.Output() // what it does not find is said by what is missing
	return strings.TrimSpace(string(out))
}

func (r *rig) read(path string) string {
	b, _ := os.ReadFile(path)
	return strings.TrimSpace(string(b))
}

// until waits for something to become so.
func (r *rig) until(what string, so func() bool) {
	r.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-limit.C:
			r.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// tray starts a host for the tray's icons.
func (r *rig) tray() {
	r.t.Helper()
	r.start("xfce4-panel", "--disable-wm-check")
}

// window waits for a window whose title fits and that has the focus.
func (r *rig) window(title string) {
	r.t.Helper()
	fits := regexp.MustCompile(title)
	r.until("the window "+title, func() bool { return fits.MatchString(r.run("xdotool", "getactivewindow", "getwindowname")) })
	r.until("its focus", func() bool {
		return r.run("xdotool", "getactivewindow") == r.run("xdotool", "getwindowfocus")
	})
}

// gone waits until no window with a title is to be seen.
func (r *rig) gone(title string) {
	r.t.Helper()
	r.until("the end of "+title, func() bool { return r.run("xdotool", "search", "--onlyvisible", "--name", title) == "" })
}

func (r *rig) types(text string) { r.run("xdotool", "type", "--delay", "20", text) }

func (r *rig) press(keys ...string) {
	r.run("xdotool", append([]string{"key", "--delay", "60"}, keys...)...)
}

// bus calls the tray's icon of a program.
func (r *rig) bus() *dbus.Conn {
	r.t.Helper()
	address := ""
	for _, e := range r.env {
		if a, ok := strings.CutPrefix(e, "DBUS_SESSION_BUS_ADDRESS="); ok {
			address = a
		}
	}
	c, err := dbus.Connect(address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = c.Close() })
	return c
}

// layout is an item of a menu as com.canonical.dbusmenu sends it.
type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// menu returns the labels of the tray's menu with their ids.
func menu(c *dbus.Conn, item string) map[string]int32 {
	var revision uint32
	var root layout
	call := c.Object(item, "/StatusNotifierItem/menu").Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{})
	if call.Store(&revision, &root) != nil {
		return nil
	}
	labels := map[string]int32{}
	for _, v := range root.Children {
		var child layout
		if dbus.Store([]any{v.Value()}, &child) == nil {
			if label, ok := child.Props["label"].Value().(string); ok {
				labels[label] = child.ID
			}
		}
	}
	return labels
}

// choose picks a line of the tray's menu.
func (r *rig) choose(c *dbus.Conn, item, label string) {
	r.t.Helper()
	var id int32
	r.until("the menu's line "+label, func() bool {
		var ok bool
		id, ok = menu(c, item)[label]
		return ok
	})
	call := c.Object(item, "/StatusNotifierItem/menu").Call("com.canonical.dbusmenu.Event", 0, id, "clicked", dbus.MakeVariant(""), uint32(0))
	if call.Err != nil {
		r.t.Fatal(call.Err)
	}
}

// item names the icon of a process.
func item(pid int) string { return fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", pid) }
