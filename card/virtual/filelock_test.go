package virtual

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/card"
)

func TestLockIsWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	synctest.Test(t, func(t *testing.T) {
		held, err := lockFile(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if _, err := lockFile(t.Context(), path); !errors.Is(err, card.ErrBusy) || time.Since(begin) != lockWait {
			t.Errorf("held by another: %v after %v", err, time.Since(begin))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := lockFile(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("short patience: %v", err)
		}
		time.AfterFunc(time.Second, held.release)
		again, err := lockFile(t.Context(), path)
		if err != nil {
			t.Fatalf("given back: %v", err)
		}
		again.release()
	})
}
