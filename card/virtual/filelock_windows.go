package virtual

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// tryFileLock takes the lock of an open file; ok is false where another holds it.
func tryFileLock(f *os.File) (ok bool, err error) {
	err = windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return false, nil
	default:
		return false, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
}

// syncDir has nothing to do: NTFS keeps renames in its own journal.
func syncDir(string) error { return nil }

// private cannot be told by mode bits here: files of a user's profile are
// closed to other users by its access list.
func private(os.FileInfo) bool { return true }
