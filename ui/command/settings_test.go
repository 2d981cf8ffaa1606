package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker/settings"
	"lanyard/broker/settings/secret"
	"lanyard/ui/words"
)

const agentFile = `# the user's own
environment = "training"
[look]
colours = "dark"
[profiles.training]
server = "https://gas.example.test:8443"
anchors = ["training.pem"]
proxy = "http://nurse@127.0.0.1:3128"
`

// ownFile is a user's settings file in a home of the test's own, without a keyring.
func ownFile(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("XDG_CONFIG_DIRS", dir)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(dir, "no-bus"))
	path := filepath.Join(dir, "agent.toml")
	if err := os.WriteFile(path, []byte(agentFile), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSettingsAreListedWithTheirSource(t *testing.T) {
	own := ownFile(t)
	places, err := settingsPlaces(own)
	if err != nil {
		t.Fatal(err)
	}
	if err := places.Keep(t.Context(), map[string]any{settings.KeyText: 150}); err != nil {
		t.Fatal(err)
	}
	list := func(args ...string) string {
		c := settingsCommand()
		var out bytes.Buffer
		c.SetOut(&out)
		c.SetArgs(append(args, "--config", own))
		if err := c.ExecuteContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	got := make(map[string]string)
	for line := range strings.Lines(list()) {
		f := strings.Fields(line)
		got[f[0]] = f[len(f)-1]
	}
	for key, from := range map[string]string{"environment": "user", "look.text": "window", "mode": "default", "profiles.training.proxy": "user"} {
		if got[key] != from {
			t.Errorf("%s from %q, want %q", key, got[key], from)
		}
	}
	var entries []settings.Entry
	if err := json.Unmarshal([]byte(list("--json")), &entries); err != nil || len(entries) != len(got) {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestFlagsWinOverWhatIsSet(t *testing.T) {
	set := settings.Look{Language: "cy", Text: 150, Colours: "dark"}
	o, err := (&taste{}).options(set)
	if err != nil || o.Language != words.Welsh || o.Text != 150 || o.Look != "dark" {
		t.Errorf("%+v %v", o, err)
	}
	o, err = (&taste{language: "en", text: 200, look: "contrast"}).options(set)
	if err != nil || o.Language != words.English || o.Text != 200 || o.Look != "contrast" {
		t.Errorf("%+v %v", o, err)
	}
	for _, bad := range []taste{{language: "fr"}, {text: 300}, {look: "pink"}} {
		if _, err := bad.options(set); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

// seat is the setup of an agent with the user's file above.
func seat(t *testing.T, own string) *setup {
	t.Helper()
	places, err := settingsPlaces(own)
	if err != nil {
		t.Fatal(err)
	}
	l, err := places.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	passwords := secret.NewKeeper(secret.NewRing(time.Second))
	t.Cleanup(passwords.Close)
	s, err := newSetup(places, l.Settings, own, passwords, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSetupKeepsAndStarts(t *testing.T) {
	own := ownFile(t)
	s := seat(t, own)
	ctx := t.Context()
	for key, value := range map[string]any{settings.KeyAutostart: true, settings.KeyColours: "", settings.KeyReader: ""} {
		if err := s.Keep(ctx, key, value); err != nil {
			t.Fatal(err)
		}
	}
	v := s.Read(ctx, false)
	if !v.Autostart || v.Loaded.Look.Colours != "" || v.Loaded.Source(settings.KeyColours) != settings.Window {
		t.Errorf("%v %+v", v.Autostart, v.Loaded.Look)
	}
	if v.Loaded.Source(settings.KeyReader) != settings.Default {
		t.Errorf("what was left open is kept: %v", v.Loaded.Sources)
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(own), "autostart", "lanyard.desktop"))
	if err != nil || !strings.Contains(string(text), `"agent" "--config" "`+own+`"`) {
		t.Errorf("%s %v", text, err)
	}
	if err := s.Keep(ctx, settings.KeyAutostart, false); err != nil {
		t.Fatal(err)
	}
	if s.Read(ctx, false).Autostart {
		t.Error("it starts still")
	}
}

func TestSetupPasswordWithoutAKeyring(t *testing.T) {
	s := seat(t, ownFile(t))
	ctx := t.Context()
	v := s.Read(ctx, false)
	if v.Account == nil || v.Account.User != "nurse" || v.Account.Host != "127.0.0.1:3128" || v.Password != secret.None {
		t.Fatalf("%+v %s", v.Account, v.Password)
	}
	if err := s.KeepPassword(ctx, []byte("hunter2")); err != nil {
		t.Fatal(err)
	}
	if got := s.Read(ctx, false).Password; got != secret.Held {
		t.Errorf("the password is %s", got)
	}
	if err := errors.Join(s.ForgetPassword(ctx), s.UnlockKeyring(ctx)); err != nil && !errors.Is(err, secret.ErrNone) {
		t.Error(err)
	}
	if got := s.Read(ctx, false).Password; got != secret.None {
		t.Errorf("the password is %s", got)
	}
}

// TestObey: what a file states is put in order, what the window kept is left
// to the desktop's own tool.
func TestObey(t *testing.T) {
	own := ownFile(t)
	s := seat(t, own)
	for _, c := range []struct {
		from settings.Source
		want bool
	}{{settings.Default, false}, {settings.Window, false}, {settings.User, true}, {settings.Policy, true}} {
		l := settings.Loaded{Sources: map[string]settings.Source{settings.KeyAutostart: c.from}}
		l.Start.Autostart = true
		s.obey(t.Context(), l)
		if on, err := s.entry.On(); err != nil || on != c.want {
			t.Errorf("%s: on is %v, %v", c.from, on, err)
		}
	}
}

func TestPracticeSetup(t *testing.T) {
	dir := t.TempDir()
	s := practiceSetup(dir, slog.New(slog.DiscardHandler))
	if err := s.Keep(t.Context(), settings.KeyLanguage, "cy"); err != nil {
		t.Fatal(err)
	}
	v := s.Read(t.Context(), true)
	if v.Broken != "" || !v.Practice || v.Loaded.Look.Language != "cy" || v.Loaded.Environment != "demo" {
		t.Errorf("%+v", v)
	}
	if _, err := os.Stat(filepath.Join(dir, "desk.toml")); err != nil {
		t.Error(err)
	}
}
