package pcsc

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"lanyard/card"

	"golang.org/x/sys/unix"
)

// ring arms a bell for a path, lets something happen and tells whether it rang
// within d.
func ring(t *testing.T, path string, happens func(), d time.Duration) bool {
	t.Helper()
	t.Setenv(socketEnv, path)
	b, notices := newBell()
	if !notices {
		t.Fatal("no notices from the kernel")
	}
	defer b.close()
	b.arm()
	happens()
	return b.wait(t.Context(), d)
}

func TestBellRingsOnTheWayToTheSocket(t *testing.T) {
	for _, tt := range []struct {
		name    string
		there   string // the deepest directory that exists
		happens func(t *testing.T, root string)
		want    bool
	}{
		{"socket made", "run/pcscd", func(t *testing.T, root string) { listen(t, root+"/run/pcscd/pcscd.comm") }, true},
		{"socket moved in", "run/pcscd", func(t *testing.T, root string) {
			listen(t, root+"/other")
			must(t, os.Rename(root+"/other", root+"/run/pcscd/pcscd.comm"))
		}, true},
		{"directory made", "run", func(t *testing.T, root string) { must(t, os.Mkdir(root+"/run/pcscd", 0o700)) }, true},
		{"directory far above made", "", func(t *testing.T, root string) { must(t, os.Mkdir(root+"/run", 0o700)) }, true},
		{"directory removed", "run/pcscd", func(t *testing.T, root string) { must(t, os.Remove(root+"/run/pcscd")) }, true},
		{"another file made", "run/pcscd", func(t *testing.T, root string) { listen(t, root+"/run/pcscd/other") }, false},
		{"another directory made", "run", func(t *testing.T, root string) { must(t, os.Mkdir(root+"/run/else", 0o700)) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			must(t, os.MkdirAll(filepath.Join(root, tt.there), 0o700))
			patience := patience
			if !tt.want {
				patience = 50 * time.Millisecond
			}
			if got := ring(t, root+"/run/pcscd/pcscd.comm", func() { tt.happens(t, root) }, patience); got != tt.want {
				t.Errorf("rang: %v, want %v", got, tt.want)
			}
		})
	}
}

func listen(t *testing.T, path string) {
	t.Helper()
	l, err := net.Listen("unix", path)
	must(t, err)
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	must(t, l.Close())
}

func TestBellStopsWithItsContext(t *testing.T) {
	t.Setenv(socketEnv, filepath.Join(t.TempDir(), "none"))
	b, _ := newBell()
	defer b.close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.arm()
	began := time.Now()
	if b.wait(ctx, time.Minute) {
		t.Error("it rang")
	}
	if took := time.Since(began); took > patience {
		t.Errorf("it stopped after %v", took)
	}
}

// TestServiceOfOthers becomes, on a thread of its own, a user that the
// socket's directory is closed to.
func TestServiceOfOthers(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "closed", "pcscd.comm")
	must(t, os.MkdirAll(filepath.Dir(socket), 0o700))
	listen(t, socket)
	must(t, os.Chmod(socket, 0))
	t.Setenv(socketEnv, socket)
	got := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends here
		if os.Geteuid() == 0 {
			const nobody = 65534
			if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, nobody, nobody, nobody); errno != 0 {
				got <- errno
				return
			}
		}
		got <- refused(failure("find", card.ErrNoService))
	}()
	if err := <-got; !errors.Is(err, card.ErrAccess) {
		t.Errorf("error %v, want %v", err, card.ErrAccess)
	}
	must(t, os.Remove(socket))
	if err := refused(card.ErrNoService); !errors.Is(err, card.ErrNoService) {
		t.Errorf("no socket: error %v, want %v", err, card.ErrNoService)
	}
}

func FuzzInotifyEvents(f *testing.F) {
	event := func(handle int32, mask uint32, size int, name string) []byte {
		b := binary.NativeEndian.AppendUint32(nil, uint32(handle))
		b = binary.NativeEndian.AppendUint32(b, mask)
		b = binary.NativeEndian.AppendUint32(b, 0)
		b = binary.NativeEndian.AppendUint32(b, uint32(size))
		return append(b, name...)
	}
	f.Add(event(1, unix.IN_CREATE, 16, "pcscd.comm\x00\x00\x00\x00\x00\x00"))
	f.Add(event(1, unix.IN_CREATE, 1<<31-1, "pcscd.comm"))
	f.Add(event(2, unix.IN_IGNORED, 0, ""))
	f.Add(append(event(1, unix.IN_ATTRIB, 0, ""), event(-1, unix.IN_Q_OVERFLOW, 0, "")...))
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, events []byte) {
		b := inotifyBell{handle: 1, next: "pcscd.comm"}
		if b.rings(events) && len(events) < unix.SizeofInotifyEvent {
			t.Error("it rang for less than an event")
		}
	})
}
