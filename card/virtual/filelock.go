package virtual

import (
	"context"
	"fmt"
	"os"
	"time"

	"lanyard/card"
)

const (
	lockWait  = 10 * time.Second
	lockRetry = 5 * time.Millisecond
)

// fileLock is a lock that other processes see.
type fileLock struct{ f *os.File }

// lockFile takes the lock at path, which stays as an empty file. Another
// process holds it for as long as one try of a PIN takes; after lockWait the
// error is [card.ErrBusy].
func lockFile(ctx context.Context, path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the card: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, lockWait, card.ErrBusy)
	defer cancel()
	retry := time.NewTicker(lockRetry)
	defer retry.Stop()
	for {
		ok, err := tryFileLock(f)
		if ok {
			return &fileLock{f}, nil
		}
		if err != nil {
			_ = f.Close()
			return nil, err
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, fmt.Errorf("waiting for the card file: %w", context.Cause(ctx))
		case <-retry.C:
		}
	}
}

// release gives the lock back: the system drops it with the file.
func (l *fileLock) release() { _ = l.f.Close() }
