package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/windows"
	"golang.org/x/term"
)

// keys reads single octets. An event in the wait set wakes it, so that waiting
// for a key ends at once with its context and nothing polls.
type keys struct {
	in    *os.File
	state *term.State // of a console, to give back
	wake  windows.Handle
}

func openKeys(in *os.File) (*keys, error) {
	wake, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return nil, err
	}
	k := &keys{in: in, wake: wake}
	if fd := int(in.Fd()); term.IsTerminal(fd) {
		if k.state, err = term.MakeRaw(fd); err != nil {
			k.close()
			return nil, err
		}
	}
	return k, nil
}

func (k *keys) close() {
	if k.state != nil {
		_ = term.Restore(int(k.in.Fd()), k.state)
	}
	_ = windows.CloseHandle(k.wake)
}

// next reads one octet. An input that has ended is io.EOF.
func (k *keys) next(ctx context.Context) (byte, error) {
	if k.state != nil { // a pipe's handle cannot be waited for
		handles := []windows.Handle{windows.Handle(k.in.Fd()), k.wake}
		if _, err := windows.WaitForMultipleObjects(handles, false, windows.INFINITE); err != nil {
			return 0, fmt.Errorf("wait for the console: %w", err)
		}
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	var b [1]byte
	defer clear(b[:])
	var n uint32
	switch err := windows.ReadFile(windows.Handle(k.in.Fd()), b[:], &n, nil); {
	case errors.Is(err, windows.ERROR_BROKEN_PIPE) || err == nil && n == 0:
		return 0, io.EOF
	case err != nil:
		return 0, fmt.Errorf("read the console: %w", err)
	}
	return b[0], nil
}

// interrupt makes a waiting next look at its context.
func (k *keys) interrupt() { _ = windows.SetEvent(k.wake) }
