//go:build unix

package localapi

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// listener is the agent's socket and the lock that makes it the only one.
type listener struct {
	net.Listener
	lock *os.File
}

// Close removes the socket, then lets go of the lock.
func (l *listener) Close() error { return errors.Join(l.Listener.Close(), l.lock.Close()) }

// Listen makes the agent's socket at a path and the folder it is in. A socket
// that a dead agent left behind is replaced: a lock beside it tells the dead
// from the living. The errors are [ErrInUse] and [ErrUnsafe], and those of the
// file system.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	if len(address) > maxAddress {
		return nil, fmt.Errorf("path of the agent's socket has %d octets and must have at most %d, set XDG_RUNTIME_DIR to a shorter one: %s",
			len(address), maxAddress, address)
	}
	dir := filepath.Dir(address)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of the agent's socket: %w", err)
	}
	if err := safe(dir); err != nil {
		return nil, err
	}
	lock, err := takeLock(address + ".lock")
	if err != nil {
		return nil, err
	}
	l, err := bind(ctx, address)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &listener{Listener: l, lock: lock}, nil
}

// takeLock holds the lock for as long as the file is open. It stays in place
// when the agent ends: removing it could take another agent's lock away.
func takeLock(path string) (*os.File, error) {
	lock, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock of the agent's socket: %w", err)
	}
	err = unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = ErrInUse
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock of the agent's socket %s: %w", path, err), lock.Close())
	}
	return lock, nil
}

func bind(ctx context.Context, address string) (net.Listener, error) {
	switch info, err := os.Lstat(address); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("agent's socket: %w", err)
	case info.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("%w: %s is there and is no socket; move it away", ErrUnsafe, address)
	default:
		if err := os.Remove(address); err != nil {
			return nil, fmt.Errorf("socket of an agent that is gone: %w", err)
		}
	}
	var c net.ListenConfig
	l, err := c.Listen(ctx, "unix", address)
	if err != nil {
		return nil, fmt.Errorf("agent's socket: %w", err)
	}
	if err := os.Chmod(address, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("agent's socket: %w", err), l.Close())
	}
	return l, nil
}

// safe tells whether nobody but this user can change what is in a folder, or
// put another folder in its place. The folders above it may belong to root,
// and others may write to them where they cannot rename what is not theirs.
func safe(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("folder of the agent's socket: %w", err)
	}
	// Where a link leads is what counts.
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return fmt.Errorf("folder of the agent's socket: %w", err)
	}
	if err := owned(abs, 0o022, false); err != nil {
		return err
	}
	for up := filepath.Dir(abs); up != abs; abs, up = up, filepath.Dir(up) {
		if err := owned(up, 0o002, true); err != nil {
			return err
		}
	}
	return nil
}

// owned checks one folder: whose it is and who may write to it.
func owned(dir string, forbidden fs.FileMode, above bool) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("folder of the agent's socket: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("%w: owner of %s is not known", ErrUnsafe, dir)
	}
	mine := int(owner.Uid) == os.Geteuid()
	if !mine && !(above && owner.Uid == 0) {
		return fmt.Errorf("%w: %s belongs to user %d", ErrUnsafe, dir, owner.Uid)
	}
	sticky := above && info.Mode()&fs.ModeSticky != 0
	if info.Mode().Perm()&forbidden != 0 && !sticky {
		return fmt.Errorf("%w: others can write to %s; take that right away with chmod go-w", ErrUnsafe, dir)
	}
	return nil
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", address)
}
