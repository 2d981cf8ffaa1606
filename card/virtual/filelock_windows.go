package virtual

import (
	"errors"
	"fmt"
	"os"
	"time"

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

// rename replaces a file by another in one step. Here that fails while anybody
// has the file open, a virus scanner or a program that lists cards, so it is
// tried again for a moment.
func rename(from, to string) error {
	retry := time.NewTicker(lockRetry)
	defer retry.Stop()
	for end := time.Now().Add(time.Second); ; <-retry.C {
		err := os.Rename(from, to)
		held := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !held || time.Now().After(end) {
			return err
		}
	}
}

// syncDir has nothing to do: NTFS keeps renames in its own journal.
func syncDir(string) error { return nil }

// private cannot be told by mode bits here: files of a user's profile are
// closed to other users by its access list.
func private(os.FileInfo) bool { return true }
