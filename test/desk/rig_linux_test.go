package desk

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb"
)

// patience is how long anything may take on a machine that is busy.
const patience = 60 * time.Second

// desktop says what a rig's desktop is made of. The zero value is Xfce's window
// manager and nothing else.
type desktop struct {
	manager string // xfwm4, openbox or metacity; empty: xfwm4
	tray    bool   // something shows icons in the tray
	notes   bool   // something shows notifications
	ring    ring
}

// ring is how the desktop's keyring does.
type ring int

const (
	noRing ring = iota
	openRing
	lockedRing
)

// rig is a desktop of the test's own: a display, a bus, a home. Nothing on the
// bus starts by itself.
type rig struct {
	t    testing.TB
	home string
	env  []string

	screen *xgb.Conn // for pictures
	asked  time.Time // when a window was last waited for and came
}

// newRig puts a desktop up until the test ends.
func newRig(t testing.TB, d desktop) *rig {
	t.Helper()
	home, err := os.MkdirTemp("", "desk") // short: sockets stand in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	r := &rig{t: t, home: home, env: surroundings(home)}
	if err := os.Mkdir(filepath.Join(home, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	r.display()
	r.bus()
	r.manager(d.manager)
	r.ring(d.ring)
	if d.notes {
		r.write(xfceSettings+"xfce4-notifyd.xml", quietConfig)
	}
	if d.tray || d.notes {
		r.xfconf()
	}
	if d.tray {
		r.tray()
	}
	if d.notes {
		r.start("/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd")
		r.owned("org.freedesktop.Notifications")
	}
	return r
}

// surroundings are the test's own without the desktop that it may run on.
func surroundings(home string) []string {
	var env []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, "XDG_") || strings.HasPrefix(name, "LC_") || strings.HasPrefix(name, "DBUS_") {
			continue
		}
		switch name {
		case "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "HOME", "LANG", "LANGUAGE", "GNOME_KEYRING_CONTROL":
		default:
			env = append(env, e)
		}
	}
	return append(env, "HOME="+home, "XDG_CONFIG_HOME="+home+"/.config", "XDG_DATA_HOME="+home+"/.local/share", "XDG_CACHE_HOME="+home+"/.cache",
		"XDG_RUNTIME_DIR="+home+"/run", "XDG_SESSION_TYPE=x11", "XDG_CURRENT_DESKTOP=XFCE", "GDK_BACKEND=x11", "GSETTINGS_BACKEND=memory",
		"NO_AT_BRIDGE=1", "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_GB.UTF-8")
}

// display starts an X server, which picks a free number for itself.
func (r *rig) display() {
	r.t.Helper()
	number := filepath.Join(r.home, "display")
	r.start("sh", "-c", `exec Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -noreset 3>"$0"`, number)
	r.until("an X server", func() bool { return r.read(number) != "" })
	r.env = append(r.env, "DISPLAY=:"+r.read(number))
	var err error
	if r.screen, err = xgb.NewConnDisplay(":" + r.read(number)); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(r.screen.Close)
}

// manager starts a window manager.
func (r *rig) manager(name string) {
	r.t.Helper()
	switch name {
	case "", "xfwm4":
		r.start("xfwm4", "--compositor=off")
	default:
		r.start(name)
	}
	r.until("a window manager", func() bool { return strings.Contains(r.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), "window id") })
}

// start runs a program until the test ends.
func (r *rig) start(name string, args ...string) *exec.Cmd {
	r.t.Helper()
	return r.startWith("", name, args...)
}

// startWith runs a program that is given text to read.
func (r *rig) startWith(text, name string, args ...string) *exec.Cmd {
	r.t.Helper()
	c := exec.CommandContext(context.Background(), name, args...)
	c.Env = r.env
	c.Dir = r.home
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var log book
	c.Stdout, c.Stderr = &log, &log
	if text != "" {
		c.Stdin = strings.NewReader(text)
	}
	if err := c.Start(); err != nil {
		r.t.Fatalf("start %s: %v", name, err)
	}
	r.t.Cleanup(func() {
		r.end(c)
		if r.t.Failed() {
			r.t.Logf("%s said:\n%s", name, log.String())
		}
	})
	return c
}

// end ends a program that was started, and what it started.
func (r *rig) end(c *exec.Cmd) {
	if c.ProcessState != nil {
		return
	}
	_ = syscall.Kill(-c.Process.Pid, syscall.SIGTERM)
	kill := time.AfterFunc(10*time.Second, func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
	_ = c.Wait()
	kill.Stop()
}

// run runs a program and returns the text that it says.
func (r *rig) run(name string, args ...string) string {
	return strings.TrimSpace(r.output(name, args...))
}

// output runs a program and returns all that it says.
func (r *rig) output(name string, args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Env = r.env
	out, _ := c.Output() // what it does not find is said by what is missing
	return string(out)
}

func (r *rig) read(path string) string {
	b, _ := os.ReadFile(path)
	return strings.TrimSpace(string(b))
}

// until waits for something to become so.
func (r *rig) until(what string, so func() bool) {
	r.t.Helper()
	if !r.becomes(patience, so) {
		r.fatal("waited in vain for " + what)
	}
}

// fatal ends the test and keeps a picture of the desktop aside.
func (r *rig) fatal(what string) {
	r.t.Helper()
	path := filepath.Join(aside(r.t), strings.ReplaceAll(r.t.Name(), "/", "-")+".png")
	r.run("import", "-window", "root", path)
	r.t.Fatalf("%s; in front is %q, to be seen are %q; the picture is %s", what, r.front(), r.windows(), path)
}

// aside is the folder for pictures of what went wrong, beside what is built.
func aside(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", ".build", "desk"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	return dir
}

// becomes tells whether something becomes so in time.
func (r *rig) becomes(limit time.Duration, so func() bool) bool {
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-end.C:
			return false
		}
	}
	return true
}

// stays holds that something stays so for a while: the time is what is tested.
func (r *rig) stays(what string, while time.Duration, so func() bool) {
	r.t.Helper()
	if r.becomes(while, func() bool { return !so() }) {
		r.fatal(what + " did not stay so")
	}
}

// book keeps what a program says.
type book struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements [io.Writer].
func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String returns all of it.
func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
