//go:build unix

package virtual

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// tryFileLock takes the lock of an open file; ok is false where another holds it.
func tryFileLock(f *os.File) (ok bool, err error) {
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.EWOULDBLOCK), errors.Is(err, unix.EINTR):
		return false, nil
	default:
		return false, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
}

// rename replaces a file by another in one step.
func rename(from, to string) error { return os.Rename(from, to) }

// syncDir makes a rename in a folder last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("keeping the folder: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("keeping the folder: %w", err)
	}
	return nil
}

// private tells whether only its owner can read a file.
func private(info os.FileInfo) bool { return info.Mode().Perm()&0o077 == 0 }
