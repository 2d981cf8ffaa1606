//go:build unix && !linux

package pkcs11

import "golang.org/x/sys/unix"

// dup makes one file descriptor a copy of another.
func dup(from, to int) error { return unix.Dup2(from, to) }
