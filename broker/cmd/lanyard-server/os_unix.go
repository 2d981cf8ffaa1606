//go:build unix

package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
)

// checkPrivate refuses a file that others than its owner can read.
func checkPrivate(fi fs.FileInfo) error {
	if open := fi.Mode().Perm() & 0o077; open != 0 {
		return fmt.Errorf("others than its owner have access (mode %04o); allow the owner only (chmod 600)", fi.Mode().Perm())
	}
	return nil
}

// reloadOnSignal calls do at every SIGHUP until ctx ends.
func reloadOnSignal(ctx context.Context, do func()) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
			do()
		}
	}
}
