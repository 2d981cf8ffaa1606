package settings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// ErrBusy is that another program keeps the settings' lock: it hangs, or lies
// stopped.
var ErrBusy = errors.New("another program is changing the settings: end it, then try again")

// How long a lock is waited for. Another writer holds it for as long as one
// small file takes; no system tells when it is free with a limit in time.
const (
	lockLimit = 5 * time.Second
	lockAgain = 20 * time.Millisecond
)

// lockFile waits for the lock at a path and returns its release. The error is
// [ErrBusy], ctx's, or the file system's.
func lockFile(ctx context.Context, path string) (release func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, lockLimit, ErrBusy)
	defer cancel()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	again := time.NewTicker(lockAgain)
	defer again.Stop()
	for {
		got, err := tryLock(f)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", filepath.Base(path), err), f.Close())
		}
		if got {
			return func() { _ = f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), f.Close())
		case <-again.C:
		}
	}
}
