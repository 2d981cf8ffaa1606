//go:build unix

package pkcs11

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// ends takes the two ends of the pipes away from where a module might read and
// write by itself, and forbids a picture of the memory on a crash.
func ends() (in, out *os.File, err error) {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return nil, nil, fmt.Errorf("no core files: %w", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = null.Close() }()
	var moved [2]*os.File
	for fd := range moved {
		n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
		if err != nil {
			return nil, nil, fmt.Errorf("move the pipe: %w", err)
		}
		if err := dup(int(null.Fd()), fd); err != nil {
			return nil, nil, fmt.Errorf("move the pipe: %w", err)
		}
		moved[fd] = os.NewFile(uintptr(n), "parent")
	}
	return moved[0], moved[1], nil
}
