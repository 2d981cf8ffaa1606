package autostart

import (
	"errors"
	"io/fs"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Where Windows keeps what starts with the desktop, and what the person turned
// off in the Task Manager.
const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
	valueName   = "Lanyard"
)

func (e Entry) set(on bool) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer func() { _ = key.Close() }()
	if !on {
		return gone(key.DeleteValue(valueName))
	}
	if err := key.SetStringValue(valueName, e.line()); err != nil {
		return err
	}
	return approve()
}

func (e Entry) on() (bool, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = key.Close() }()
	line, _, err := key.GetStringValue(valueName)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return line != "" && approved(), err
}

// line is the command line of the entry.
func (e Entry) line() string {
	words := make([]string, 0, 1+len(e.Args))
	for _, w := range append([]string{e.Program}, e.Args...) {
		words = append(words, windows.EscapeArg(w))
	}
	return strings.Join(words, " ")
}

// approved tells whether the Task Manager lets it start: an odd first octet is no.
func approved() bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return true
	}
	defer func() { _ = key.Close() }()
	state, _, err := key.GetBinaryValue(valueName)
	return err != nil || len(state) == 0 || state[0]&1 == 0
}

// approve takes back what the person turned off in the Task Manager.
func approve() error {
	key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE)
	if err != nil {
		return gone(err)
	}
	defer func() { _ = key.Close() }()
	return gone(key.DeleteValue(valueName))
}

// gone passes over that something was not there.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
