package terminal

import (
	"context"
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

// pump sends octets to pressed until ctx or the input ends. On a pipe it reads
// only while a question is open, so that an answer waits for its question.
func (k *keys) pump(ctx context.Context, asking <-chan bool, pressed chan<- byte) error {
	stop := context.AfterFunc(ctx, func() { _ = windows.SetEvent(k.wake) })
	defer stop()
	open := k.state != nil
	var b [1]byte
	defer clear(b[:])
	for {
		for !open {
			select {
			case open = <-asking:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if k.state != nil { // a pipe's handle cannot be waited for
			handles := []windows.Handle{windows.Handle(k.in.Fd()), k.wake}
			if _, err := windows.WaitForMultipleObjects(handles, false, windows.INFINITE); err != nil {
				return fmt.Errorf("wait for the console: %w", err)
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var n uint32
		if err := windows.ReadFile(windows.Handle(k.in.Fd()), b[:], &n, nil); err != nil {
			return fmt.Errorf("read the console: %w", err)
		}
		if n == 0 {
			return io.EOF
		}
		select {
		case pressed <- b[0]:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if k.state == nil {
			select {
			case open = <-asking:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
}
