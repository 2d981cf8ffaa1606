package settings

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// The ways in which a change is not kept.
var (
	// ErrManaged: the site says what this setting is.
	ErrManaged = errors.New("this setting is set by the organisation")
	// ErrNotHere: the window does not change this setting.
	ErrNotHere = errors.New("this setting is changed in the settings file only")
	// ErrRefused: the settings could not be used with this value.
	ErrRefused = errors.New("the settings could not be used with this value")
)

// Keys that the window of settings changes.
const (
	KeyLanguage    = "look.language"
	KeyText        = "look.text"
	KeyColours     = "look.colours"
	KeyAutostart   = "start.autostart"
	KeyMode        = "mode"
	KeyEnvironment = "environment"
	KeyReader      = "card.reader"
	KeyModule      = "card.module"
)

func inWindow() []string {
	return []string{KeyLanguage, KeyText, KeyColours, KeyAutostart, KeyMode, KeyEnvironment, KeyReader, KeyModule}
}

// windowHead begins the file that the window keeps.
const windowHead = "# Kept by Lanyard's window of settings, which writes it anew at every change.\n# What stands here wins over the file beside it; what the site sets wins over both.\n\n"

// Keep changes settings for the user: it writes the window's file and no
// other. A nil value takes a change back. Nothing is written unless all of it
// can be used; the errors are [ErrManaged], [ErrNotHere], [ErrRefused] and
// [ErrBusy].
func (p Places) Keep(ctx context.Context, changes map[string]any) error {
	for key := range changes {
		if !slices.Contains(inWindow(), key) {
			return fmt.Errorf("%w: %s", ErrNotHere, key)
		}
	}
	if err := os.MkdirAll(filepath.Dir(p.Window), 0o700); err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	release, err := lockFile(ctx, p.Window+".lock")
	if err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	defer release()
	return p.keep(ctx, changes)
}

// keep writes the window's file, whose lock is held.
func (p Places) keep(ctx context.Context, changes map[string]any) error {
	old, err := readFile(p.Window)
	if err != nil {
		return err
	}
	before, broken := p.load(ctx, old)
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		if before.Source(key).Managed() {
			return fmt.Errorf("%w: %s", ErrManaged, key)
		}
	}
	tree := make(map[string]any)
	if err := toml.Unmarshal(old, &tree); err != nil {
		tree = make(map[string]any) // nothing of it can be used: it is begun anew
	}
	for key, value := range changes {
		put(tree, key, value)
	}
	text, err := toml.Marshal(tree)
	if err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	text = append([]byte(windowHead), text...)
	if _, err := p.load(ctx, text); err != nil && broken == nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return write(p.Window, text)
}

// write puts a new file, which only its owner reads, in the old one's place.
func write(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // 0600
	if err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	return nil
}
