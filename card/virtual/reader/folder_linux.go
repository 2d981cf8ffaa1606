package reader

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// folderPrefix begins the name of a reader's folder.
const folderPrefix = "lanyard-reader-"

// beingMade is how young a folder without an owner may be one that is just
// being made.
const beingMade = time.Minute

// folder is a reader's own, locked for as long as its process lives.
type folder struct {
	path string
	lock *os.File
}

// makeFolder makes a folder in dir, and removes there what readers left behind
// whose process was killed.
func makeFolder(dir string) (folder, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	if err := sweep(dir); err != nil {
		return folder{}, err
	}
	path, err := os.MkdirTemp(dir, folderPrefix)
	if err != nil {
		return folder{}, err
	}
	lock, err := own(path)
	if err != nil {
		return folder{}, errors.Join(err, os.RemoveAll(path))
	}
	return folder{path: path, lock: lock}, nil
}

// own locks a folder. The system drops the lock with the process.
func own(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// sweep removes this user's folders that no process owns. What cannot be
// locked or removed is somebody's and stays.
func sweep(dir string) error {
	found, err := filepath.Glob(filepath.Join(dir, folderPrefix+"*"))
	if err != nil {
		return err
	}
	for _, path := range found {
		var st unix.Stat_t
		if unix.Lstat(path, &st) != nil || int(st.Uid) != os.Getuid() || time.Since(time.Unix(st.Mtim.Unix())) < beingMade {
			continue
		}
		lock, err := own(path)
		if err != nil {
			continue
		}
		_ = os.RemoveAll(path)
		_ = lock.Close()
	}
	return nil
}

// remove removes the folder and gives it back.
func (f folder) remove() error { return errors.Join(os.RemoveAll(f.path), f.lock.Close()) }
