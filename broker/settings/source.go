package settings

import (
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Source is where a value comes from. A later one wins.
type Source int

// The sources, in the order of their precedence.
const (
	Default Source = iota // of the program
	User                  // the file that the user writes
	Window                // the file that the window of settings keeps
	Machine               // the site's file for this machine
	Policy                // Group Policy, or a configuration profile of macOS
)

// Managed tells whether it is the site that says so: nobody at the desk
// changes it.
func (s Source) Managed() bool { return s >= Machine }

// String names the source for people.
func (s Source) String() string {
	return [...]string{"default", "user", "window", "machine", "policy"}[s]
}

// Loaded are the settings in force.
type Loaded struct {
	Settings

	// Sources tells by key ("look.text", "profiles.live.server") where a value
	// comes from; what it lacks is a default.
	Sources map[string]Source
}

// Source tells where the value of a key comes from.
func (l Loaded) Source(key string) Source { return l.Sources[key] }

// Entry is one setting.
type Entry struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Source string `json:"source"`
}

// Entries lists every setting by key.
func (l Loaded) Entries() ([]Entry, error) {
	values, err := flat(l.Settings)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out = append(out, Entry{Key: key, Value: values[key], Source: l.Source(key).String()})
	}
	return out, nil
}

// flat writes settings as dotted keys and their values.
func flat(s Settings) (map[string]any, error) {
	text, err := toml.Marshal(s)
	if err != nil {
		return nil, err
	}
	var t map[string]any
	if err := toml.Unmarshal(text, &t); err != nil {
		return nil, err
	}
	return flatten(t), nil
}

// flatten turns a tree of tables into dotted keys and their values.
func flatten(tree map[string]any) map[string]any {
	out := make(map[string]any)
	for key, value := range tree {
		inner, ok := value.(map[string]any)
		if !ok {
			out[key] = value
			continue
		}
		for k, v := range flatten(inner) {
			out[key+"."+k] = v
		}
	}
	return out
}

// put sets a dotted key of a tree; nil takes it out.
func put(tree map[string]any, key string, value any) {
	head, rest, nested := strings.Cut(key, ".")
	if !nested {
		if value == nil {
			delete(tree, key)
		} else {
			tree[key] = value
		}
		return
	}
	inner, ok := tree[head].(map[string]any)
	if !ok {
		inner = make(map[string]any)
		tree[head] = inner
	}
	put(inner, rest, value)
	if len(inner) == 0 {
		delete(tree, head)
	}
}
