package autostart

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Entry is what starts with the desktop.
type Entry struct {
	Program string   // absolute path
	Args    []string // after it
}

// ErrPath is a program that the desktop could not find later.
var ErrPath = errors.New("what starts with the desktop needs an absolute path")

// Agent is the entry of this program's agent.
func Agent(args ...string) (Entry, error) {
	program, err := os.Executable()
	if err != nil {
		return Entry{}, fmt.Errorf("find this program: %w", err)
	}
	return Entry{Program: program, Args: append([]string{"agent"}, args...)}, nil
}

// Set has the entry start with the desktop, or no more. It changes nothing
// where that is so already.
func (e Entry) Set(on bool) error {
	if !filepath.IsAbs(e.Program) {
		return fmt.Errorf("%w: %s", ErrPath, e.Program)
	}
	if err := e.set(on); err != nil {
		return fmt.Errorf("start with the desktop: %w", err)
	}
	return nil
}

// On tells whether the desktop starts the program, also where somebody else
// said so.
func (e Entry) On() (bool, error) {
	on, err := e.on()
	if err != nil {
		return false, fmt.Errorf("start with the desktop: %w", err)
	}
	return on, nil
}
