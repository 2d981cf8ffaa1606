package desk

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// build makes the program as the Makefile does.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lanyard")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "x11,migrated_fynedo,accessibility", "-o", path, "lanyard").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// pin reads the passcode of the practice's cards.
func (r *rig) pin(dir string) string {
	r.t.Helper()
	_, pin, ok := strings.Cut(r.read(filepath.Join(dir, "holder")), " ")
	if !ok {
		r.t.Fatal("the practice has no passcode")
	}
	return pin
}

// TestSignOnByKeyboard is a morning at the desk: the card goes in, the window
// asks in front, a wrong passcode and the right one are typed, a role is chosen
// by its letters, another one from the tray, and the card comes out.
func TestSignOnByKeyboard(t *testing.T) {
	r := newRig(t)
	r.tray()
	dir := filepath.Join(r.home, "demo")
	program := r.start(build(t), "demo", "--dir", dir, "--socket", filepath.Join(r.home, "socket"))
	r.window("^Card drawer$")
	c, icon := r.bus(), item(program.Process.Pid)
	r.until("the icon in the tray", func() bool { _, ok := menu(c, icon)["No card"]; return ok })

	r.press("Tab", "space")
	r.window("^Passcode - Lanyard$")
	time.Sleep(600 * time.Millisecond) // Enter is deaf for 500 ms after the focus came
	r.types("0000")
	r.press("Return")
	r.until("a note of the wrong passcode", func() bool { return r.height() > 440 })
	r.window("^Passcode - Lanyard$")
	r.types(r.pin(dir))
	r.press("Return")
	r.window("^Which role are you working in")
	r.types("pract")
	r.press("Return")
	r.gone("^Which role are you working in")
	r.until("the signed-on icon", func() bool { _, ok := menu(c, icon)["Clinical Practitioner Access Role"]; return ok })

	r.choose(c, icon, "Change role...")
	r.window("^Which role are you working in")
	r.types("community")
	r.press("Return")
	r.until("the other role", func() bool { _, ok := menu(c, icon)["MOORVALE COMMUNITY CARE"]; return ok })

	r.choose(c, icon, "Open Lanyard")
	r.window("^Lanyard$")
	r.press("Escape")
	r.gone("^Lanyard$")
	r.run("xdotool", "search", "--name", "^Card drawer$", "windowactivate")
	r.window("^Card drawer$")
	r.press("Escape")
	r.until("the empty desk", func() bool { _, ok := menu(c, icon)["No card"]; return ok })
	r.choose(c, icon, "Quit")
	r.until("the program's end", func() bool { _, err := os.Stat(filepath.Join(r.home, "socket")); return err != nil })
}

// height is that of the window with the focus: the one for the passcode is
// taller with a note in it.
func (r *rig) height() int {
	for line := range strings.Lines(r.run("xdotool", "getactivewindow", "getwindowgeometry", "--shell")) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "HEIGHT="); ok {
			h, err := strconv.Atoi(text)
			if err != nil {
				r.t.Fatal(err)
			}
			return h
		}
	}
	return 0
}

// TestWithoutATray holds that the desk's window is the way in where no tray
// shows icons, and that a host that comes later is found.
func TestWithoutATray(t *testing.T) {
	r := newRig(t)
	program := r.start(build(t), "demo", "--dir", filepath.Join(r.home, "demo"), "--socket", filepath.Join(r.home, "socket"))
	r.until("the desk's window", func() bool { return r.run("xdotool", "search", "--onlyvisible", "--name", "^Lanyard$") != "" })
	r.tray()
	c := r.bus()
	r.until("the icon in the tray", func() bool { _, ok := menu(c, item(program.Process.Pid))["No card"]; return ok })
}
