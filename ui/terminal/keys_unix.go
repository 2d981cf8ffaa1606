//go:build unix

package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// keys reads single octets. A pipe in the poll set wakes it, so that waiting
// for a key ends at once with its context and nothing polls.
type keys struct {
	in         *os.File
	state      *term.State // of a terminal, to give back
	wake, call *os.File    // the read and write end of the pipe
}

func openKeys(in *os.File) (*keys, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	k := &keys{in: in, wake: r, call: w}
	if fd := int(in.Fd()); term.IsTerminal(fd) {
		if k.state, err = quiet(fd); err != nil {
			k.close()
			return nil, err
		}
	}
	return k, nil
}

// quiet turns off echo, line buffering and the signal of Ctrl+C, and leaves
// output as it is. It returns the state to restore.
func quiet(fd int) (*term.State, error) {
	state, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	t, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	t.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, setTermios, t); err != nil {
		return nil, err
	}
	return state, nil
}

func (k *keys) close() {
	if k.state != nil {
		_ = term.Restore(int(k.in.Fd()), k.state)
	}
	_ = k.wake.Close()
	_ = k.call.Close()
}

// next reads one octet. An input that has ended is io.EOF.
func (k *keys) next(ctx context.Context) (byte, error) {
	var b [1]byte
	defer clear(b[:])
	for {
		if err := k.wait(); err != nil {
			return 0, err
		}
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		n, err := unix.Read(int(k.in.Fd()), b[:])
		switch {
		case errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN):
			continue
		case err != nil:
			return 0, fmt.Errorf("read the terminal: %w", err)
		case n == 0:
			return 0, io.EOF
		}
		return b[0], nil
	}
}

// interrupt makes a waiting next look at its context.
func (k *keys) interrupt() { _, _ = k.call.Write([]byte{0}) }

// wait blocks until there is a key or a wake-up.
func (k *keys) wait() error {
	fds := []unix.PollFd{
		{Fd: int32(k.in.Fd()), Events: unix.POLLIN},
		{Fd: int32(k.wake.Fd()), Events: unix.POLLIN},
	}
	for {
		if _, err := unix.Poll(fds, -1); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
