package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/broker/settings"
)

const user = `
environment = "training"
mode = "mobility"
[card]
source = "drawer"
drawer = "cards"
[profiles.training]
server = "https://gas.example.test:8443"
anchors = ["training.pem"]
colour = "#7B1E6A"
`

func write(t *testing.T, text string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "agent.toml")
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMachineWins(t *testing.T) {
	machine := write(t, "mode = \"normal\"\n[profiles.live]\nserver = \"https://gas.live.test\"\nanchors = [\"live.pem\"]\nlive = true\n")
	s, err := settings.Load(write(t, user), machine, filepath.Join(t.TempDir(), "absent"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Mode != "normal" || s.Card.Source != "drawer" || len(s.Profiles) != 2 || !s.Profiles["live"].Live {
		t.Errorf("got %+v", s)
	}
}

func TestPathsCountFromTheirFile(t *testing.T) {
	own := write(t, user)
	machine := write(t, "[profiles.live]\nserver = \"https://gas.live.test\"\nanchors = [\"live.pem\", \"/etc/pki/other.pem\"]\nlive = true\n")
	s, err := settings.Load(own, machine)
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		s.Card.Drawer:                     filepath.Join(filepath.Dir(own), "cards"),
		s.Profiles["training"].Anchors[0]: filepath.Join(filepath.Dir(own), "training.pem"),
		s.Profiles["live"].Anchors[0]:     filepath.Join(filepath.Dir(machine), "live.pem"),
		s.Profiles["live"].Anchors[1]:     "/etc/pki/other.pem",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestFaultsAreToldTogether(t *testing.T) {
	_, err := settings.Load(write(t, `
environment = "nowhere"
mode = "sometimes"
[card]
source = "drawer"
[profiles.a]
server = "http://plain.test/path"
colour = "red"
`))
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"mode is", "card.drawer", `environment is "nowhere"`, "profiles.a.server", "profiles.a.anchors", "profiles.a.colour"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing about %q in:\n%v", want, err)
		}
	}
}

func TestUnknownKeysAndBrokenFilesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"unknown key": user + "\nsurprise = true\n",
		"not TOML":    "environment = ",
		"too large":   "# " + strings.Repeat("x", 1<<20),
	} {
		if _, err := settings.Load(write(t, text)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestBrokenFileIsToldByItsLine lets a person find what to mend.
func TestBrokenFileIsToldByItsLine(t *testing.T) {
	_, err := settings.Load(write(t, "mode = \"normal\"\nenvironment = [\"\n"))
	if err == nil || !strings.Contains(err.Error(), "agent.toml, line 2, column ") {
		t.Errorf("got %v", err)
	}
}
