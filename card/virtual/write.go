package virtual

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// replace puts octets at path so that after a crash either the old or the new
// file is there, whole; where it is to last, the new one. The mode is 0600.
func replace(path string, octets []byte, last bool) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(octets); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if err = rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if !last {
		return nil
	}
	return syncDir(dir)
}

// readLimited reads a file of at most limit octets; one octet more is returned
// of a larger one, so that its reader sees that it is too large.
func readLimited(path string, limit int64) (octets []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, limit+1))
}
