package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pelletier/go-toml/v2"

	"lanyard/broker/settings"
)

// maxPart is the largest part of a bundle, in octets; of a longer one the end
// is kept, which tells what happened last.
const maxPart = 1 << 20

// Contents are the parts of a bundle. Parts that are empty are left out.
type Contents struct {
	At       time.Time
	JSON     []byte // the diagnostics for programs
	Text     []byte // and in words
	Settings settings.Settings
	System   map[string]string // versions
	Session  map[string]string // at this computer
	Log      []byte            // the end of the agent's
	Times    []byte            // that were measured
	Redactor Redactor
}

// Name is how a bundle's file is called.
func Name(at time.Time) string { return "lanyard-" + at.Format("2006-01-02-150405") + ".zip" }

// Save writes the bundle to a file that only its owner can read. Either the
// whole bundle stands there afterwards, or what stood there before.
func (c Contents) Save(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".lanyard-*.zip") // 0600
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	err = c.Write(f)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}

// Write writes the bundle.
func (c Contents) Write(w io.Writer) error {
	parts, err := c.parts()
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, p := range parts {
		if len(p.text) == 0 {
			continue
		}
		file, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: c.At})
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if _, err := io.WriteString(file, c.Redactor.Clean(string(tail(p.text)))); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return z.Close()
}

type part struct {
	name string
	text []byte
}

func (c Contents) parts() ([]part, error) {
	set, err := c.settings()
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return []part{
		{"doctor.txt", c.Text},
		{"doctor.json", c.JSON},
		{"settings.toml", set},
		{"system.json", table(c.System)},
		{"session.json", table(c.Session)},
		{"agent.log", c.Log},
		{"times.json", c.Times},
	}, nil
}

// settings writes the settings without the accounts in the proxies' addresses.
func (c Contents) settings() ([]byte, error) {
	set := c.Settings
	set.Profiles = make(map[string]settings.Profile, len(c.Settings.Profiles))
	for name, p := range c.Settings.Profiles {
		if u, err := url.Parse(p.Proxy); err == nil && u.User != nil {
			u.User = nil
			p.Proxy = u.String()
		}
		set.Profiles[name] = p
	}
	return toml.Marshal(set)
}

func table(m map[string]string) []byte {
	if len(m) == 0 {
		return nil
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil // of texts alone it cannot be
	}
	return out.Bytes()
}

// tail is the end of a part, from the start of a line on.
func tail(text []byte) []byte {
	if len(text) <= maxPart {
		return text
	}
	text = text[len(text)-maxPart:]
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
	}
	return text
}
