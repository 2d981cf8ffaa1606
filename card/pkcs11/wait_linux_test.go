package pkcs11

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// waitGone waits until a file is removed.
func waitGone(path string) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return
	}
	w := os.NewFile(uintptr(fd), "inotify")
	defer func() { _ = w.Close() }()
	if _, err := unix.InotifyAddWatch(fd, filepath.Dir(path), unix.IN_DELETE); err != nil {
		return
	}
	events := make([]byte, 4096)
	for {
		if _, err := os.Stat(path); err != nil {
			return
		}
		if _, err := w.Read(events); err != nil {
			return
		}
	}
}

// waitProcess waits until a process has ended, a few seconds at most.
func waitProcess(pid int) error {
	fd, err := unix.PidfdOpen(pid, 0)
	if err == unix.ESRCH {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 10_000)
	if err == nil && n == 0 {
		err = os.ErrDeadlineExceeded
	}
	return err
}
