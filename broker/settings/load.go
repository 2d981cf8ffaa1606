package settings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"lanyard/broker/settings/managed"
)

// maxFile is the largest settings file, in octets.
const maxFile = 1 << 20

// Places are where settings are read from. An empty one is none.
type Places struct {
	Base    Settings // what holds where no place says otherwise
	User    string   // the file that the user writes
	Window  string   // the file that the window of settings keeps
	Machine string   // the site's file for this machine
	// Policy reads what the site's management says, as tables of values.
	Policy func(context.Context) (map[string]any, error)
}

// PlacesOf are the places of an agent. Own is the user's file; empty is the
// usual one.
func PlacesOf(own string) (Places, error) {
	if own == "" {
		var err error
		if own, err = UserFile(); err != nil {
			return Places{}, err
		}
	}
	return Places{Base: Defaults(), User: own, Window: windowFile(own), Machine: MachineFile(), Policy: managed.Read}, nil
}

// windowFile is where the window keeps what it changes: agent.desk.toml beside
// agent.toml.
func windowFile(own string) string {
	return strings.TrimSuffix(own, filepath.Ext(own)) + ".desk.toml"
}

// Load reads files in order; what a later one says wins, key by key. A file
// that is not there says nothing.
func Load(paths ...string) (Settings, error) {
	l := start(Defaults())
	var all []error
	for _, path := range paths {
		all = append(all, l.file(path, User))
	}
	return l.Settings, l.finish(all)
}

// Load reads all places; what a later one says wins, key by key. All faults
// are told together.
func (p Places) Load(ctx context.Context) (Loaded, error) {
	text, err := readFile(p.Window)
	if err != nil {
		return start(p.Base), err
	}
	return p.load(ctx, text)
}

// load reads all places, with a text for what the window keeps.
func (p Places) load(ctx context.Context, window []byte) (Loaded, error) {
	l := start(p.Base)
	all := []error{
		l.file(p.User, User),
		l.take(window, p.Window, Window),
		l.file(p.Machine, Machine),
		l.policy(ctx, p.Policy),
	}
	return l, l.finish(all)
}

func start(base Settings) Loaded {
	base.Profiles = maps.Clone(base.Profiles)
	return Loaded{Settings: base, Sources: make(map[string]Source)}
}

// finish checks the whole.
func (l *Loaded) finish(all []error) error {
	all = append(all, l.check()...)
	return errors.Join(all...)
}

func (l *Loaded) file(path string, from Source) error {
	text, err := readFile(path)
	if err != nil {
		return err
	}
	return l.take(text, path, from)
}

// policy takes what the site's management says. Its numbers stand for
// booleans too: a registry has none.
func (l *Loaded) policy(ctx context.Context, read func(context.Context) (map[string]any, error)) error {
	if read == nil {
		return nil
	}
	tree, err := read(ctx)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if len(tree) == 0 {
		return nil
	}
	if err := likeSchema(tree); err != nil {
		return err
	}
	text, err := toml.Marshal(tree)
	if err != nil {
		return fmt.Errorf("settings: policy: %w", err)
	}
	return l.take(text, managed.Name, Policy)
}

// take reads a text over what is there.
func (l *Loaded) take(text []byte, path string, from Source) error {
	if len(text) == 0 {
		return nil
	}
	if err := decode(text, path, &l.Settings); err != nil {
		return err
	}
	l.resolve(filepath.Dir(path))
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		return fmt.Errorf("settings: %s: %w", path, err)
	}
	for key := range flatten(tree) {
		l.Sources[key] = from
	}
	return nil
}

func decode(text []byte, path string, into *Settings) error {
	err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(into)
	if strict := new(toml.StrictMissingError); errors.As(err, &strict) {
		return fmt.Errorf("settings: %s holds keys that are not known:\n%s", path, strict)
	}
	if at := new(toml.DecodeError); errors.As(err, &at) {
		line, column := at.Position()
		return fmt.Errorf("settings: %s, line %d, column %d: %w", path, line, column, err)
	}
	if err != nil {
		return fmt.Errorf("settings: %s: %w", path, err)
	}
	return nil
}

// readFile reads a file; one that is not there is empty.
func readFile(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("settings: read %s: %w", path, err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("settings: %s is larger than 1 MB", path)
	}
	return text, nil
}
