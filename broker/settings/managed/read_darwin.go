package managed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"time"
)

// Name is where policies stand, for people.
const Name = "org.lanyard.Desk.plist"

// folder is where macOS puts what configuration profiles set; it belongs to root.
const folder = "/Library/Managed Preferences"

// patience is how long the system's converter may take.
const patience = 5 * time.Second

// Read reads the profile of the user and, over it, that of the machine.
func Read(ctx context.Context) (map[string]any, error) {
	tree := make(map[string]any)
	places := []string{filepath.Join(folder, Name)}
	if u, err := user.Current(); err == nil {
		places = append([]string{filepath.Join(folder, u.Username, Name)}, places...)
	}
	for _, path := range places {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		part, err := plist(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("policy: %s: %w", path, err)
		}
		over(tree, part)
	}
	return tree, nil
}

// plist has the system's own converter read a property list.
func plist(ctx context.Context, path string) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/usr/bin/plutil", "-convert", "json", "-o", "-", "--", path)
	var out bytes.Buffer
	cmd.Stdout = &limited{to: &out}
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("plutil: %w", err)
	}
	return fromJSON(out.Bytes())
}

// limited stops a converter that writes without end.
type limited struct{ to *bytes.Buffer }

// Write takes octets up to the limit.
func (l *limited) Write(b []byte) (int, error) {
	if l.to.Len()+len(b) > maxText {
		return 0, ErrTooMuch
	}
	return l.to.Write(b)
}
