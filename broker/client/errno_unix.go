//go:build !windows

package client

import (
	"errors"
	"syscall"
)

// refused: a host is there and nothing listens.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// unreachable: no way leads to the host.
func unreachable(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH) ||
		errors.Is(err, syscall.ENETDOWN) || errors.Is(err, syscall.EADDRNOTAVAIL)
}

// reset: the connection was cut.
func reset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, syscall.EPIPE)
}
