package autostart_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/broker/settings/autostart"
)

// home is a desktop's folders for the test.
func home(t *testing.T) (own, site string) {
	t.Helper()
	user, everybody := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", user)
	t.Setenv("XDG_CONFIG_DIRS", everybody)
	return filepath.Join(user, "autostart", "lanyard.desktop"), filepath.Join(everybody, "autostart", "lanyard.desktop")
}

func is(t *testing.T, e autostart.Entry, want bool) {
	t.Helper()
	if on, err := e.On(); err != nil || on != want {
		t.Fatalf("on is %v, %v", on, err)
	}
}

func set(t *testing.T, e autostart.Entry, on bool) {
	t.Helper()
	for range 2 { // the second time nothing changes
		if err := e.Set(on); err != nil {
			t.Fatal(err)
		}
		is(t, e, on)
	}
}

func TestOnAndOff(t *testing.T) {
	own, _ := home(t)
	e := autostart.Entry{Program: `/opt/my "lan$yard"/100%/b\n`, Args: []string{"agent", "--log", "warn"}}
	is(t, e, false)
	set(t, e, true)
	text, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	want := `Exec="/opt/my \\"lan\\$yard\\"/100%%/b\\\\n" "agent" "--log" "warn"` + "\n"
	if !strings.Contains(string(text), want) {
		t.Errorf("got %s, want %s", text, want)
	}
	set(t, e, false)
	if left, err := os.ReadDir(filepath.Dir(own)); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestUnchangedFileIsNotWritten(t *testing.T) {
	own, _ := home(t)
	e := autostart.Entry{Program: "/usr/bin/lanyard"}
	set(t, e, true)
	before, err := os.Stat(own)
	if err != nil {
		t.Fatal(err)
	}
	set(t, e, true)
	if after, err := os.Stat(own); err != nil || !os.SameFile(before, after) {
		t.Errorf("written again: %v", err)
	}
}

// TestSitesEntryIsHidden: what a package put there for everybody is turned off
// for one user, and on again.
func TestSitesEntryIsHidden(t *testing.T) {
	own, site := home(t)
	e := autostart.Entry{Program: "/usr/bin/lanyard", Args: []string{"agent"}}
	if err := os.MkdirAll(filepath.Dir(site), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(site, []byte("[Desktop Entry]\nType=Application\nName=Lanyard\nExec=/usr/bin/lanyard agent\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	is(t, e, true)
	set(t, e, false)
	if text, err := os.ReadFile(own); err != nil || !strings.Contains(string(text), "Hidden=true") {
		t.Errorf("%s %v", text, err)
	}
	set(t, e, true)
}

// TestDesktopsOwnSwitchCounts: a person may turn it off in the desktop's own tool.
func TestDesktopsOwnSwitchCounts(t *testing.T) {
	own, _ := home(t)
	e := autostart.Entry{Program: "/usr/bin/lanyard"}
	set(t, e, true)
	text, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	for _, off := range []string{"Hidden=true\n", "X-GNOME-Autostart-enabled=false\n"} {
		if err := os.WriteFile(own, append(text[:len(text):len(text)], off...), 0o600); err != nil {
			t.Fatal(err)
		}
		is(t, e, false)
	}
	if err := os.WriteFile(own, append(text[:len(text):len(text)], "[Other]\nHidden=true\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	is(t, e, true)
}

func TestOnlyAbsolutePaths(t *testing.T) {
	home(t)
	if err := (autostart.Entry{Program: "lanyard"}).Set(true); !errors.Is(err, autostart.ErrPath) {
		t.Errorf("got %v", err)
	}
	e, err := autostart.Agent()
	if err != nil || !filepath.IsAbs(e.Program) || len(e.Args) != 1 || e.Args[0] != "agent" {
		t.Errorf("got %v %v", e, err)
	}
}
