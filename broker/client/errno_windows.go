package client

import (
	"errors"

	"golang.org/x/sys/windows"
)

// refused: a host is there and nothing listens.
func refused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }

// unreachable: no way leads to the host.
func unreachable(err error) bool {
	return errors.Is(err, windows.WSAENETUNREACH) || errors.Is(err, windows.WSAEHOSTUNREACH) ||
		errors.Is(err, windows.WSAENETDOWN) || errors.Is(err, windows.WSAEADDRNOTAVAIL)
}

// reset: the connection was cut.
func reset(err error) bool {
	return errors.Is(err, windows.WSAECONNRESET) || errors.Is(err, windows.WSAECONNABORTED)
}
