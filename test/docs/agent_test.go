package docs_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"lanyard/broker/client"
	"lanyard/broker/settings"
)

// TestAgentSettings: the example is taken, names every key, and its profiles
// are ones that an agent starts with.
func TestAgentSettings(t *testing.T) {
	text := example(t, "administrator.md", "toml", "[profiles.live]")
	path := filepath.Join(t.TempDir(), "agent.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := settings.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range set.Profiles {
		err := client.Profile{Name: name, Live: p.Live, Colour: "#000000", BaseURL: p.Server, Proxy: p.Proxy}.Check()
		if err == nil || !strings.HasSuffix(err.Error(), "it names no anchor for the server's certificate") {
			t.Errorf("profile %s: %v, want a fault of the anchors alone, which are not here", name, err)
		}
	}
	keysIn(t, text, settingsKeys(reflect.TypeFor[settings.Settings](), ""))
}

// settingsKeys lists the keys of a settings type; a map's are under "NAME".
func settingsKeys(s reflect.Type, prefix string) []string {
	var keys []string
	for i := range s.NumField() {
		f := s.Field(i)
		key := prefix + f.Tag.Get("toml")
		switch {
		case f.Type.Kind() == reflect.Struct:
			keys = append(keys, settingsKeys(f.Type, key+".")...)
		case f.Type.Kind() == reflect.Map:
			keys = append(keys, settingsKeys(f.Type.Elem(), key+".NAME.")...)
		default:
			keys = append(keys, key)
		}
	}
	return keys
}

// keysIn looks for keys in an example and in the tables beside it.
func keysIn(t *testing.T, text string, keys []string) {
	t.Helper()
	var tree map[string]any
	if err := toml.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatal(err)
	}
	if len(keys) < 8 {
		t.Fatalf("only %d keys were found: %v", len(keys), keys)
	}
	page := manual(t, "administrator.md")
	for _, key := range keys {
		if !strings.Contains(page, "`"+key+"`") {
			t.Errorf("administrator.md has no row for %s", key)
		}
		if !has(tree, strings.Split(strings.ReplaceAll(key, "NAME", "live"), ".")) {
			t.Errorf("the example does not show %s", key)
		}
	}
}

func has(tree map[string]any, path []string) bool {
	v, ok := tree[path[0]]
	if !ok || len(path) == 1 {
		return ok
	}
	below, ok := v.(map[string]any)
	return ok && has(below, path[1:])
}
