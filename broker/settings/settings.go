package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// maxFile is the largest settings file, in octets.
const maxFile = 1 << 20

// Settings are an agent's settings.
type Settings struct {
	Environment string             `toml:"environment"` // the name of the profile in use
	Mode        string             `toml:"mode"`        // what happens when the card is taken out
	Log         Log                `toml:"log"`
	Card        Card               `toml:"card"`
	Profiles    map[string]Profile `toml:"profiles"`
}

// Log says how much is logged.
type Log struct {
	Level string `toml:"level"` // debug, info, warn, error
}

// Card says where cards come from.
type Card struct {
	Source       string `toml:"source"`         // "reader" (PC/SC) or "drawer" (virtual cards)
	Drawer       string `toml:"drawer"`         // folder of virtual cards
	Module       string `toml:"module"`         // PKCS#11 module; empty: found by itself
	KeepPINState bool   `toml:"keep_pin_state"` // leave the card's PIN state after an operation
}

// Profile is one environment.
type Profile struct {
	Server       string   `toml:"server"`  // https://host:port
	Anchors      []string `toml:"anchors"` // PEM files of the authorities the server's certificate must come from
	Live         bool     `toml:"live"`
	Colour       string   `toml:"colour"` // of the banner, #rrggbb
	Proxy        string   `toml:"proxy"`  // empty: what the environment says; "direct"; or a URL
	VirtualCards bool     `toml:"virtual_cards"`
}

// Defaults returns what holds where no file says otherwise.
func Defaults() Settings {
	return Settings{Mode: "normal", Log: Log{Level: "info"}, Card: Card{Source: "reader"}}
}

// UserFile is where the user's settings stand.
func UserFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for settings: %w", err)
	}
	return filepath.Join(dir, "lanyard", "agent.toml"), nil
}

// MachineFile is where the site's settings for this machine stand.
func MachineFile() string {
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(os.Getenv("ProgramData"), "Lanyard", "agent.toml")
	case "darwin":
		return "/Library/Application Support/Lanyard/agent.toml"
	default:
		return "/etc/lanyard/agent.toml"
	}
}

// Load reads the files in order; what a later one says wins. A file that is
// not there says nothing.
func Load(paths ...string) (Settings, error) {
	s := Defaults()
	var faults []error
	for _, p := range paths {
		if err := s.read(p); err != nil {
			faults = append(faults, err)
		}
	}
	faults = append(faults, s.check()...)
	return s, errors.Join(faults...)
}

func (s *Settings) read(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return fmt.Errorf("settings: read %s: %w", path, err)
	}
	if len(text) > maxFile {
		return fmt.Errorf("settings: %s is larger than 1 MB", path)
	}
	defer s.resolve(filepath.Dir(path))
	err = toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(s)
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

// resolve takes relative paths of the file that was just read from its folder;
// those of earlier files are absolute already.
func (s *Settings) resolve(dir string) {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	from := func(path *string) {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(dir, *path)
		}
	}
	from(&s.Card.Drawer)
	for _, p := range s.Profiles {
		for i := range p.Anchors {
			from(&p.Anchors[i])
		}
	}
}

var colour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

func (s *Settings) check() []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("settings: "+format, args...)) }
	oneOf := func(key, value string, known ...string) {
		if !slices.Contains(known, value) {
			fault("%s is %q and must be one of %s", key, value, strings.Join(known, ", "))
		}
	}
	oneOf("mode", s.Mode, "normal", "enhanced-normal", "lock-persistence", "mobility")
	oneOf("log.level", s.Log.Level, "debug", "info", "warn", "error")
	oneOf("card.source", s.Card.Source, "reader", "drawer")
	if s.Card.Source == "drawer" && s.Card.Drawer == "" {
		fault("card.drawer must name the folder of virtual cards")
	}
	if s.Environment == "" {
		fault("environment must name one of the profiles")
	} else if _, ok := s.Profiles[s.Environment]; !ok {
		fault("environment is %q, and there is no [profiles.%s]", s.Environment, s.Environment)
	}
	for name, p := range s.Profiles {
		u, err := url.Parse(p.Server)
		if err != nil || u.Scheme != "https" || u.Host == "" || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.User != nil {
			fault("profiles.%s.server must be https://host or https://host:port", name)
		}
		if len(p.Anchors) == 0 {
			fault("profiles.%s.anchors must name at least one PEM file", name)
		}
		if p.Colour != "" && !colour.MatchString(p.Colour) {
			fault("profiles.%s.colour is %q and must be #rrggbb", name, p.Colour)
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}
