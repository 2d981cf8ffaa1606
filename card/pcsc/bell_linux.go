package pcsc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lanyard/card"

	"golang.org/x/sys/unix"
)

// Where libpcsclite looks for the service.
const (
	socketEnv     = "PCSCLITE_CSOCK_NAME"
	defaultSocket = "/run/pcscd/pcscd.comm"
)

func socketPath() string {
	if p := os.Getenv(socketEnv); p != "" {
		return p
	}
	return defaultSocket
}

// refused tells a service that is there and closed to this user from one that
// is not there: libpcsclite reports both as absent.
func refused(err error) error {
	if errors.Is(unix.Access(socketPath(), unix.R_OK|unix.W_OK), unix.EACCES) {
		return fmt.Errorf("%w: no access to its socket (%v)", card.ErrAccess, err)
	}
	return err
}

// inotifyBell rings when something appears on the way to the service's socket.
type inotifyBell struct {
	file   *os.File
	fd     int // the file's own: asking the file for it would make it block
	path   string
	dir    string // the directory that is watched: the deepest that exists
	next   string // what must appear in it
	handle int
}

// newBell returns a bell; notices is false where the kernel gives none, as
// when the user's watches are used up.
func newBell() (b bell, notices bool) {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return silent{}, false
	}
	return &inotifyBell{file: os.NewFile(uintptr(fd), "inotify"), fd: fd, path: socketPath(), handle: -1}, true
}

// arm watches the deepest directory on the way that exists.
func (b *inotifyBell) arm() {
	for {
		dir, next := deepest(b.path)
		if dir == b.dir && b.handle >= 0 {
			return
		}
		b.drop()
		const mask = unix.IN_CREATE | unix.IN_MOVED_TO | unix.IN_ATTRIB |
			unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_ONLYDIR
		handle, err := unix.InotifyAddWatch(b.fd, dir, mask)
		if err != nil {
			if errors.Is(err, unix.ENOENT) {
				continue // it went away in between
			}
			return // the slow retry remains
		}
		b.handle, b.dir, b.next = handle, dir, next
		// Where the next step appeared before the watch began, go down.
	}
}

func (b *inotifyBell) drop() {
	if b.handle >= 0 {
		// It fails when the directory is gone, and the watch with it.
		_, _ = unix.InotifyRmWatch(b.fd, uint32(b.handle))
	}
	b.handle, b.dir = -1, ""
}

// deepest returns the deepest directory of a path that exists and the next
// element below it.
func deepest(path string) (dir, next string) {
	dir, next = filepath.Dir(path), filepath.Base(path)
	for dir != "/" && dir != "." {
		if st, err := os.Stat(dir); err == nil && st.IsDir() {
			break
		}
		dir, next = filepath.Dir(dir), filepath.Base(dir)
	}
	return dir, next
}

func (b *inotifyBell) wait(ctx context.Context, d time.Duration) bool {
	if err := b.file.SetReadDeadline(time.Now().Add(d)); err != nil {
		pause(ctx, d)
		return false
	}
	stop := context.AfterFunc(ctx, func() { _ = b.file.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	buf := make([]byte, 4096)
	for {
		n, err := b.file.Read(buf)
		if err != nil {
			return false
		}
		if b.rings(buf[:n]) {
			return true
		}
	}
}

// rings tells whether one of the events is on the way to the socket. The rest
// is other files in the same directory.
func (b *inotifyBell) rings(events []byte) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		handle := int32(binary.NativeEndian.Uint32(events[0:]))
		mask := binary.NativeEndian.Uint32(events[4:])
		size := int(binary.NativeEndian.Uint32(events[12:]))
		if size > len(events)-unix.SizeofInotifyEvent {
			return false
		}
		name := strings.TrimRight(string(events[unix.SizeofInotifyEvent:][:size]), "\x00")
		events = events[unix.SizeofInotifyEvent+size:]
		switch {
		case mask&unix.IN_Q_OVERFLOW != 0:
			return true
		case int(handle) != b.handle:
		case mask&(unix.IN_DELETE_SELF|unix.IN_MOVE_SELF|unix.IN_IGNORED) != 0:
			b.handle, b.dir = -1, ""
			return true
		case name == b.next:
			return true
		}
	}
	return false
}

func (b *inotifyBell) close() { _ = b.file.Close() }
