package fault_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/card/virtual/fault"
)

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if s, err := fault.ReadFile(write("good", "locked\n")); err != nil || !s.Locked() {
		t.Errorf("a good script: %v", err)
	}
	if _, err := fault.ReadFile(filepath.Join(dir, "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent script: %v", err)
	}
	var wrong *fault.Error
	for name, text := range map[string]string{"wrong": "at dawn\n", "long": strings.Repeat("#\n", fault.MaxScript)} {
		if _, err := fault.ReadFile(write(name, text)); !errors.As(err, &wrong) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
