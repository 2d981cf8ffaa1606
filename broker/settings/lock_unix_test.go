//go:build unix

package settings_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"lanyard/broker/settings"
)

// TestAnotherWriterHangs: a program that keeps the lock keeps nobody else.
func TestAnotherWriterHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := settings.Places{Base: settings.Defaults(), Window: filepath.Join(t.TempDir(), "desk.toml")}
		other, err := os.Create(p.Window + ".lock")
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.Flock(int(other.Fd()), unix.LOCK_EX); err != nil {
			t.Fatal(err)
		}
		change := map[string]any{settings.KeyText: 150}
		begun := time.Now()
		if err := p.Keep(t.Context(), change); !errors.Is(err, settings.ErrBusy) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begun); took > 6*time.Second {
			t.Errorf("it took %v", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.Keep(ctx, change); !errors.Is(err, context.Canceled) {
			t.Errorf("called off: %v", err)
		}
		if _, err := os.Stat(p.Window); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("something was written: %v", err)
		}

		go func() {
			time.Sleep(time.Second) // of the bubble
			_ = other.Close()
		}()
		if err := p.Keep(t.Context(), change); err != nil && !errors.Is(err, settings.ErrRefused) {
			t.Errorf("the other went on: %v", err)
		}
	})
}
