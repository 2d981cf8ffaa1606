package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// A file smaller than compactFrom, or less than half of it empty, stays as it
// is. It never shrinks by itself.
const compactFrom = 4 << 20

// compactTx is how much one transaction of a compaction copies, in octets.
const compactTx = 4 << 20

// compact puts a copy without its empty pages in the place of the file where
// that is worth it. It closes db on an error.
func compact(ctx context.Context, db *bolt.DB, path string) (*bolt.DB, error) {
	worth, err := mostlyEmpty(db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if !worth {
		return db, nil
	}
	tmp := path + ".compact"
	if err := copyTo(tmp, db); err != nil {
		return nil, errors.Join(err, remove(tmp), db.Close())
	}
	if err := replace(db, tmp, path); err != nil {
		return nil, errors.Join(err, remove(tmp))
	}
	return openFile(ctx, path)
}

// mostlyEmpty counts up to the last page that was ever used: the file itself
// grows in large steps.
func mostlyEmpty(db *bolt.DB) (worth bool, err error) {
	empty := int64(db.Stats().FreePageN) * int64(db.Info().PageSize)
	err = db.View(func(tx *bolt.Tx) error {
		worth = tx.Size() >= compactFrom && empty > tx.Size()/2
		return nil
	})
	return worth, err
}

// copyTo writes the copy; each of its transactions is flushed to the disk.
func copyTo(tmp string, db *bolt.DB) error {
	if err := remove(tmp); err != nil { // left by a compaction that was killed
		return err
	}
	dst, err := bolt.Open(tmp, mayRead, &bolt.Options{Timeout: lockWithin, FreelistType: bolt.FreelistMapType, PageSize: pageSize})
	if err != nil {
		return err
	}
	if err := bolt.Compact(dst, db, compactTx); err != nil {
		return errors.Join(fmt.Errorf("copy: %w", err), dst.Close())
	}
	return dst.Close()
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
