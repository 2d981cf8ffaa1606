package desk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/ui/words"
)

// practice starts the practice, whose passcode it returns.
func (r *rig) practice(args ...string) (icon, string) {
	r.t.Helper()
	dir := filepath.Join(r.home, "demo")
	c := r.start(program(r.t), append([]string{"demo", "--dir", dir, "--socket", filepath.Join(r.home, "socket")}, args...)...)
	r.window("^Card drawer$")
	_, pin, ok := strings.Cut(r.read(filepath.Join(dir, "holder")), " ")
	if !ok {
		r.t.Fatal("the practice has no passcode")
	}
	return r.icon(c.Process.Pid), pin
}

// TestPractice is the practice by keyboard: a card out of the drawer, a wrong
// passcode and the right one, a role by its letters, and the card back.
func TestPractice(t *testing.T) {
	r := newRig(t, desktop{tray: true})
	i, pin := r.practice()
	i.says("No card")
	r.goesRound()

	r.press("Home", "space")
	r.window(asks)
	calm := r.height()
	r.types("0000")
	r.enter(func() bool { return r.height() > calm })
	r.window(asks)
	r.calm(r.active(), long)
	r.types(pin)
	r.enter(func() bool { return r.sees(roles) })
	r.window(roles)
	r.types("pract")
	r.press("Return")
	r.gone(roles)
	i.says("Clinical Practitioner Access Role")

	i.choose("Open Lanyard")
	r.window(desk)
	r.press("Escape")
	r.gone(desk)
	r.run("xdotool", "search", "--name", "^Card drawer$", "windowactivate")
	r.window("^Card drawer$")
	r.press("Escape")
	i.says("No card")
	i.choose("Quit")
	r.until("the program's end", func() bool { _, err := os.Stat(filepath.Join(r.home, "socket")); return err != nil })
}

// TestPracticeSwitches makes the drawer's trouble by keyboard, and ends it.
func TestPracticeSwitches(t *testing.T) {
	r := newRig(t, desktop{tray: true})
	i, pin := r.practice()
	s := &station{rig: r, icon: i, socket: filepath.Join(r.home, "socket")}
	drawer := func(keys ...string) {
		t.Helper()
		r.run("xdotool", "search", "--name", "^Card drawer$", "windowactivate")
		r.window("^Card drawer$")
		r.press(keys...)
	}
	away, unplug, pull := []string{"End", "Up", "space"}, []string{"End", "Up", "Up", "space"}, []string{"End", "space"}

	drawer(unplug...)
	s.phase("no-reader")
	drawer(unplug...)
	s.phase("no-card")

	drawer(pull...)
	drawer("Home", "space")
	r.window(asks)
	r.types(pin)
	r.enter(func() bool { return s.state().Card == nil })
	r.gone(asks)

	drawer("Home", "space") // the switch is off again
	r.window(asks)
	r.types(pin)
	r.enter(func() bool { return r.sees(roles) })
	r.window(roles)
	r.press("Return")
	s.phase("signed-on")

	drawer(away...)
	b := words.In(words.English)
	i.settled()
	i.choose(b.Text(words.ChangeRole))
	r.window(roles)
	r.types("pract")
	r.press("Return")
	s.phase("offline")
	drawer(away...)
	i.settled()
	i.choose(b.Text(words.TryNow))
	s.phase("signed-on")
}

// TestPracticeLocks practises a desk that locks when the card comes out.
func TestPracticeLocks(t *testing.T) {
	r := newRig(t, desktop{tray: true})
	i, pin := r.practice("--mode", "lock-persistence")
	s := &station{rig: r, icon: i, socket: filepath.Join(r.home, "socket")}
	r.press("Home", "space")
	r.window(asks)
	r.types(pin)
	r.enter(func() bool { return r.sees(roles) })
	r.window(roles)
	r.press("Return")
	s.phase("signed-on")
	r.window("^Card drawer$")
	r.press("Escape")
	s.phase("locked")
}
