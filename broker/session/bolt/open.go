package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// lockWithin is how long Open waits for another process to let go of the file.
const lockWithin = time.Second

// mayRead is the file's mode: its owner alone.
const mayRead = 0o600

// pageSize is that of a new file, in octets: what one commit writes, some eight
// sessions under load, falls on half as many pages as of 4 kB.
const pageSize = 8 << 10

// ErrInUse means that another process has the file open.
var ErrInUse = errors.New("session file is in use by another server")

// Options are what is seldom changed.
type Options struct {
	Now func() time.Time // nil: time.Now
}

// Open opens the file, which is made where it does not exist, compacts it where
// most of it is empty, and starts the writer. It returns [ErrInUse] where
// another process has it open.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	db, err := openFile(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open session file %s: %w", path, err)
	}
	if db, err = compact(ctx, db, path); err != nil {
		return nil, fmt.Errorf("compact session file %s: %w", path, err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(records)
		return err
	})
	var found *index
	if err == nil {
		found, err = load(db)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare session file %s: %w", path, err), db.Close())
	}
	s := &Store{
		db: db, index: found, now: o.Now,
		writes: make(chan *write), closing: make(chan struct{}), written: make(chan struct{}),
	}
	s.close = sync.OnceValue(func() error {
		close(s.closing)
		<-s.written
		return s.db.Close() // waits for readers
	})
	go s.run()
	return s, nil
}

// openFile opens and locks the file. While it waited for the lock, another
// process may have put a compacted file in its place: then it is opened again.
func openFile(ctx context.Context, path string) (*bolt.DB, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		var file *os.File
		db, err := bolt.Open(path, mayRead, &bolt.Options{
			Timeout:        lockWithin,
			FreelistType:   bolt.FreelistMapType,
			PageSize:       pageSize,
			NoFreelistSync: true, // the whole file is read here anyway, and each commit has less to write
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				f, err := os.OpenFile(name, flag, mode)
				file = f
				return f, err
			},
		})
		if errors.Is(err, berrors.ErrTimeout) {
			return nil, ErrInUse
		}
		if err != nil {
			return nil, err
		}
		if isAt(file, path) {
			return db, nil
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
	}
}

func isAt(f *os.File, path string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(mine, there)
}
