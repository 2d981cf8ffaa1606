//go:build unix

package bolt

import (
	"errors"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// replace moves the copy to the file's place and closes db. The lock is held
// until after the move, so that nobody opens the old file in between: whoever
// waited for its lock finds another file at the path and opens that.
func replace(db *bolt.DB, tmp, path string) error {
	err := os.Rename(tmp, path)
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	return errors.Join(err, db.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
