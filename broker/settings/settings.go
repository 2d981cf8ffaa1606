package settings

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Settings are an agent's settings.
type Settings struct {
	Environment string             `toml:"environment"` // the name of the profile in use
	Mode        string             `toml:"mode"`        // what happens when the card is taken out
	Log         Log                `toml:"log"`
	Card        Card               `toml:"card"`
	Look        Look               `toml:"look"`
	Start       Start              `toml:"start"`
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
	Reader       string `toml:"reader"`         // the beginning of a reader's name; empty: every reader
	Module       string `toml:"module"`         // PKCS#11 module; empty: found by itself
	KeepPINState bool   `toml:"keep_pin_state"` // leave the card's PIN state after an operation
}

// Look is how a person wants the windows.
type Look struct {
	Language string `toml:"language"` // en or cy; empty: the desktop's
	Text     int    `toml:"text"`     // size of text, 100 to 200 per cent
	Colours  string `toml:"colours"`  // light, dark or contrast; empty: the desktop's
}

// Start says whether the agent starts by itself.
type Start struct {
	Autostart bool `toml:"autostart"` // with the desktop
}

// Profile is one environment.
type Profile struct {
	Server       string   `toml:"server"`  // https://host:port
	Anchors      []string `toml:"anchors"` // PEM files of the authorities the server's certificate must come from
	Live         bool     `toml:"live"`
	Colour       string   `toml:"colour"` // of the banner, #rrggbb
	Proxy        string   `toml:"proxy"`  // empty: what the environment says; "direct"; or a URL, with a user name and no password
	VirtualCards bool     `toml:"virtual_cards"`
}

// Defaults returns what holds where no file says otherwise.
func Defaults() Settings {
	return Settings{Mode: "normal", Log: Log{Level: "info"}, Card: Card{Source: "reader"}, Look: Look{Text: 100}}
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

// faults gathers what is wrong, so that all of it is told together.
type faults []error

func (f *faults) add(format string, args ...any) {
	*f = append(*f, fmt.Errorf("settings: "+format, args...))
}

func (f *faults) oneOf(key, value string, known ...string) {
	if !slices.Contains(known, value) {
		f.add("%s is %q and must be one of %s", key, value, strings.Join(known, ", "))
	}
}

func (s *Settings) check() []error {
	var f faults
	f.oneOf("mode", s.Mode, Modes()...)
	f.oneOf("log.level", s.Log.Level, "debug", "info", "warn", "error")
	f.oneOf("card.source", s.Card.Source, "reader", "drawer")
	if s.Card.Source == "drawer" && s.Card.Drawer == "" {
		f.add("card.drawer must name the folder of virtual cards")
	}
	if s.Look.Language != "" {
		f.oneOf("look.language", s.Look.Language, "en", "cy")
	}
	if s.Look.Colours != "" {
		f.oneOf("look.colours", s.Look.Colours, "light", "dark", "contrast")
	}
	if s.Look.Text < 100 || s.Look.Text > 200 {
		f.add("look.text is %d and must be from 100 to 200", s.Look.Text)
	}
	if s.Environment == "" {
		f.add("environment must name one of the profiles")
	} else if _, ok := s.Profiles[s.Environment]; !ok {
		f.add("environment is %q, and there is no [profiles.%s]", s.Environment, s.Environment)
	}
	for name, p := range s.Profiles {
		p.check(name, &f)
	}
	slices.SortFunc(f, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return f
}

func (p Profile) check(name string, f *faults) {
	u, err := url.Parse(p.Server)
	if err != nil || u.Scheme != "https" || u.Host == "" || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.User != nil {
		f.add("profiles.%s.server must be https://host or https://host:port", name)
	}
	if len(p.Anchors) == 0 {
		f.add("profiles.%s.anchors must name at least one PEM file", name)
	}
	if p.Colour != "" && !colour.MatchString(p.Colour) {
		f.add("profiles.%s.colour is %q and must be #rrggbb", name, p.Colour)
	}
	if _, err := p.proxyUser(); err != nil {
		f.add("profiles.%s.proxy %w", name, err)
	}
}

// Modes are the names of what may happen when the card comes out.
func Modes() []string { return []string{"normal", "enhanced-normal", "lock-persistence", "mobility"} }
