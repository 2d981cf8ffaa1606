//go:build unix

package ca_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"lanyard/broker/ca"
)

func TestFilesArePrivate(t *testing.T) {
	_, dir := create(t, ca.Options{Demo: true, Issuing: true})
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err == nil && fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, fi.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"root.key", "issuing.key"} {
		path := filepath.Join(dir, name)
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := ca.Open(dir); !errors.Is(err, ca.ErrExposed) {
			t.Errorf("open with %s of 0640: %v", name, err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := ca.Open(dir); !errors.Is(err, ca.ErrExposed) {
		t.Errorf("open of a directory of 0755: %v", err)
	}
}
