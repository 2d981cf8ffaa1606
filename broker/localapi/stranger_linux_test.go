package localapi

import (
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lanyard/broker/failure"
)

// nobody is a user that every Linux has.
const nobody = 65534

// asNobody runs f on a thread of another user, which ends with it. It takes
// root to become somebody else: any other user is shown the same refusal by
// TestAnotherUserIsSentAway.
func asNobody(t *testing.T, f func()) (ran bool) {
	t.Helper()
	done := make(chan bool)
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread goes with the goroutine
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, nobody, nobody, nobody); errno != 0 {
			return
		}
		f()
		done <- true
	}()
	return <-done
}

func TestARealStranger(t *testing.T) {
	b := start(t)
	var dialled, heard error
	var answer string
	ran := asNobody(t, func() { _, dialled = Dial(t.Context(), b.address) })
	if ran && code(dialled) != failure.AgentDenied {
		t.Errorf("a stranger who may not enter the folder: %v", dialled)
	}

	// Were the folder open, the agent would still look who is calling.
	for dir := filepath.Dir(b.address); dir != os.TempDir(); dir = filepath.Dir(dir) {
		withMode(t, dir, 0o755)
	}
	if err := os.Chmod(b.address, 0o666|fs.ModeSocket); err != nil {
		t.Fatal(err)
	}
	ran = asNobody(t, func() {
		nc, err := net.Dial("unix", b.address)
		if err != nil {
			heard = err
			return
		}
		defer func() { _ = nc.Close() }()
		_, _ = io.WriteString(nc, `{"v":1,"id":1,"op":"state"}`+"\n")
		all, err := io.ReadAll(nc)
		answer, heard = string(all), err
	})
	if ran && (!strings.HasPrefix(answer, `{"id":0,"error":{"code":"AGENT-DENIED"`) || strings.Count(answer, "\n") != 1) {
		t.Errorf("a stranger heard %q, %v", answer, heard)
	}
	if ran && !b.Logged.Holds(`"user":"65534"`) {
		t.Error("the log does not tell of the stranger")
	}
	if os.Geteuid() == 0 && !ran {
		t.Error("nobody came as a stranger")
	}
}
