package settings_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lanyard/broker/settings"
)

// desk are the places of a desk whose user file is the one above.
func desk(t *testing.T, machine string, policy map[string]any) settings.Places {
	t.Helper()
	own := write(t, user)
	p := settings.Places{
		Base: settings.Defaults(), User: own, Window: strings.TrimSuffix(own, ".toml") + ".desk.toml",
		Policy: func(context.Context) (map[string]any, error) { return policy, nil },
	}
	if machine != "" {
		p.Machine = write(t, machine)
	}
	return p
}

func load(t *testing.T, p settings.Places) settings.Loaded {
	t.Helper()
	l, err := p.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestPrecedence is the table of docs/administrator.md: each place wins over
// those before it.
func TestPrecedence(t *testing.T) {
	const key = "mode"
	for _, c := range []struct {
		name            string
		window, machine string
		policy          map[string]any
		want            string
		from            settings.Source
	}{
		{"user over default", "", "", nil, "mobility", settings.User},
		{"window over user", "lock-persistence", "", nil, "lock-persistence", settings.Window},
		{"machine over window", "lock-persistence", "mode = 'normal'", nil, "normal", settings.Machine},
		{"policy over machine", "lock-persistence", "mode = 'normal'", map[string]any{key: "enhanced-normal"}, "enhanced-normal", settings.Policy},
		{"policy over window", "lock-persistence", "", map[string]any{key: "normal"}, "normal", settings.Policy},
	} {
		p := desk(t, c.machine, c.policy)
		if c.window != "" {
			if err := os.WriteFile(p.Window, []byte("mode = '"+c.window+"'\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		l := load(t, p)
		if l.Mode != c.want || l.Source(key) != c.from || l.Source(key).Managed() != (c.from >= settings.Machine) {
			t.Errorf("%s: %s from %s", c.name, l.Mode, l.Source(key))
		}
		if l.Source("look.text") != settings.Default || l.Look.Text != 100 || l.Source("profiles.training.server") != settings.User {
			t.Errorf("%s: sources %v", c.name, l.Sources)
		}
	}
}

func TestPolicyHasNumbersForBooleans(t *testing.T) {
	l := load(t, desk(t, "", map[string]any{
		"start": map[string]any{"autostart": int64(1)}, "look": map[string]any{"text": int64(150)},
		"profiles": map[string]any{"training": map[string]any{"virtual_cards": int64(1), "anchors": []string{"/a.pem"}}},
	}))
	if !l.Start.Autostart || l.Look.Text != 150 || !l.Profiles["training"].VirtualCards || l.Profiles["training"].Anchors[0] != "/a.pem" ||
		l.Profiles["training"].Server == "" {
		t.Errorf("got %+v", l.Settings)
	}
	for name, policy := range map[string]map[string]any{
		"a number that is no boolean": {"start": map[string]any{"autostart": int64(2)}},
		"an unknown key":              {"surprise": "x"},
		"a text for a number":         {"look": map[string]any{"text": "big"}},
	} {
		if _, err := desk(t, "", policy).Load(t.Context()); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestKeep(t *testing.T) {
	p := desk(t, "", nil)
	own, err := os.ReadFile(p.User)
	if err != nil {
		t.Fatal(err)
	}
	changes := map[string]any{settings.KeyLanguage: "cy", settings.KeyText: 150, settings.KeyAutostart: true, settings.KeyReader: "ACS"}
	for range 2 { // the second changes nothing
		if err := p.Keep(t.Context(), changes); err != nil {
			t.Fatal(err)
		}
	}
	l := load(t, p)
	if l.Look.Language != "cy" || l.Look.Text != 150 || !l.Start.Autostart || l.Card.Reader != "ACS" || l.Card.Source != "drawer" {
		t.Errorf("got %+v", l.Settings)
	}
	if l.Source(settings.KeyText) != settings.Window {
		t.Errorf("text from %s", l.Source(settings.KeyText))
	}
	if i, err := os.Stat(p.Window); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", i.Mode(), err)
	}
	if err := p.Keep(t.Context(), map[string]any{settings.KeyText: nil, settings.KeyReader: nil}); err != nil {
		t.Fatal(err)
	}
	if l = load(t, p); l.Look.Text != 100 || l.Source(settings.KeyText) != settings.Default || l.Look.Language != "cy" {
		t.Errorf("taken back: %+v", l)
	}
	if now, err := os.ReadFile(p.User); err != nil || string(now) != string(own) {
		t.Error("the user's own file was touched")
	}
}

func TestManagedSettingsStay(t *testing.T) {
	for name, p := range map[string]settings.Places{
		"machine": desk(t, "[look]\ntext = 125\n", nil),
		"policy":  desk(t, "", map[string]any{"look": map[string]any{"text": int64(125)}}),
	} {
		err := p.Keep(t.Context(), map[string]any{settings.KeyLanguage: "cy", settings.KeyText: 200})
		if !errors.Is(err, settings.ErrManaged) || !strings.Contains(err.Error(), settings.KeyText) {
			t.Errorf("%s: %v", name, err)
		}
		if l := load(t, p); l.Look.Text != 125 || l.Look.Language != "" {
			t.Errorf("%s: %+v", name, l.Look)
		}
		if _, err := os.Stat(p.Window); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something was written: %v", name, err)
		}
	}
}

func TestWhatCannotBeUsedIsNotKept(t *testing.T) {
	p := desk(t, "", nil)
	for key, value := range map[string]any{settings.KeyText: 300, settings.KeyEnvironment: "nowhere", settings.KeyColours: "pink", settings.KeyMode: 7} {
		if err := p.Keep(t.Context(), map[string]any{key: value}); !errors.Is(err, settings.ErrRefused) {
			t.Errorf("%s: %v", key, err)
		}
	}
	if err := p.Keep(t.Context(), map[string]any{"profiles.training.server": "https://elsewhere.test"}); !errors.Is(err, settings.ErrNotHere) {
		t.Errorf("a server: %v", err)
	}
	load(t, p)
}

// TestBrokenWindowFileIsBegunAnew lets a person out of a file that a full disk
// or a hand spoilt.
func TestBrokenWindowFileIsBegunAnew(t *testing.T) {
	p := desk(t, "", nil)
	if err := os.WriteFile(p.Window, []byte("look = ["), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Load(t.Context()); err == nil || !strings.Contains(err.Error(), filepath.Base(p.Window)) {
		t.Errorf("told as %v", err)
	}
	if err := p.Keep(t.Context(), map[string]any{settings.KeyLanguage: "cy"}); err != nil {
		t.Fatal(err)
	}
	if l := load(t, p); l.Look.Language != "cy" {
		t.Errorf("got %+v", l.Look)
	}
}

func TestTwoWritersLoseNothing(t *testing.T) {
	p := desk(t, "", nil)
	var all sync.WaitGroup
	for key, value := range map[string]any{settings.KeyLanguage: "cy", settings.KeyText: 150, settings.KeyColours: "dark", settings.KeyReader: "ACS", settings.KeyMode: "normal"} {
		all.Go(func() {
			if err := p.Keep(t.Context(), map[string]any{key: value}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	l := load(t, p)
	if l.Look != (settings.Look{Language: "cy", Text: 150, Colours: "dark"}) || l.Card.Reader != "ACS" || l.Mode != "normal" {
		t.Errorf("got %+v", l.Settings)
	}
}

func TestEntries(t *testing.T) {
	entries, err := load(t, desk(t, "mode = 'normal'", nil)).Entries()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]settings.Entry)
	for _, e := range entries {
		got[e.Key] = e
	}
	for key, from := range map[string]string{"mode": "machine", "environment": "user", "look.text": "default", "profiles.training.server": "user"} {
		if got[key].Source != from {
			t.Errorf("%s from %q in %v", key, got[key].Source, maps.Keys(got))
		}
	}
}

func TestProxyAccount(t *testing.T) {
	for proxy, want := range map[string]settings.ProxyAccount{
		"http://nurse@proxy.test:3128":  {User: "nurse", Host: "proxy.test:3128"},
		"https://nurse@proxy.test:3128": {User: "nurse", Host: "proxy.test:3128"},
		"http://proxy.test:3128":        {},
		"direct":                        {},
		"":                              {},
		"http://nurse:pw@proxy.test:1":  {},
		"socks5://nurse@proxy.test:1":   {},
	} {
		if got, ok := (settings.Profile{Proxy: proxy}).ProxyAccount(); got != want || ok != (want.User != "") {
			t.Errorf("%s: %v %v", proxy, got, ok)
		}
	}
	_, err := settings.Load(write(t, user+"proxy = \"http://nurse:hunter2@proxy.test:3128\"\n"))
	if !errors.Is(err, settings.ErrProxyPassword) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

// FuzzSettings: a text is refused, or makes settings that are in order and
// list themselves.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(user))
	f.Add([]byte("environment = [\""))
	f.Add([]byte("[look]\ntext = 200\n[profiles.a]\nserver = 'https://a'\nproxy='http://u@h:1'\n"))
	dir := f.TempDir()
	own := filepath.Join(dir, "agent.toml")
	if err := os.WriteFile(own, []byte(user), 0o600); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		over := filepath.Join(dir, "over.toml")
		if err := os.WriteFile(over, text, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := settings.Places{Base: settings.Defaults(), User: own, Machine: over}.Load(t.Context())
		if err != nil {
			return
		}
		if _, ok := l.Profiles[l.Environment]; !ok || l.Look.Text < 100 || l.Look.Text > 200 {
			t.Fatalf("taken: %+v", l.Settings)
		}
		if _, err := l.Entries(); err != nil {
			t.Fatal(err)
		}
	})
}
