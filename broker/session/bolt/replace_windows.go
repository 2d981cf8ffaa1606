package bolt

import (
	"os"

	bolt "go.etcd.io/bbolt"
)

// replace closes db and moves the copy to the file's place. An open file cannot
// be replaced on Windows: whoever opens it in between makes the move fail.
func replace(db *bolt.DB, tmp, path string) error {
	if err := db.Close(); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
