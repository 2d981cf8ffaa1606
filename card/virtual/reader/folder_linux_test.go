package reader_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lanyard/card/virtual/reader"
)

// TestLeftFolders removes what a killed process left, and nothing that lives,
// is being made or is not a reader's.
func TestLeftFolders(t *testing.T) {
	dir := t.TempDir()
	folder := func(name string, age time.Duration) string {
		t.Helper()
		path, at := filepath.Join(dir, name), time.Now().Add(-age)
		if err := errors.Join(os.MkdirAll(filepath.Join(path, "pcscd"), 0o700), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	left := folder("lanyard-reader-left", time.Hour)
	young := folder("lanyard-reader-young", 0)
	other := folder("thesis", time.Hour)
	link := filepath.Join(dir, "lanyard-reader-link")
	if err := os.Symlink(other, link); err != nil {
		t.Fatal(err)
	}
	running := start(t, reader.Config{Dir: dir})
	lives := filepath.Dir(filepath.Dir(running.Socket()))
	if err := os.Chtimes(lives, time.Now().Add(-time.Hour), time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	start(t, reader.Config{Dir: dir})
	for path, want := range map[string]bool{left: false, young: true, other: true, link: true, lives: true, running.Socket(): true} {
		_, err := os.Lstat(path)
		if got := !errors.Is(err, fs.ErrNotExist); got != want {
			t.Errorf("%s is there: %v", filepath.Base(path), got)
		}
	}
}
