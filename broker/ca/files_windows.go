package ca

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// syncDir does nothing: NTFS keeps renames in its journal.
func syncDir(string) error { return nil }

// checkPrivate leaves it to the access list that the directory inherits from
// the profile of its owner: file modes say nothing here.
func checkPrivate(string) error { return nil }

// lockFile waits for the lock of the authority and returns its release.
func lockFile(path string) (release func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, new(windows.Overlapped))
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", filepath.Base(path), err)
	}
	return func() { _ = f.Close() }, nil
}
