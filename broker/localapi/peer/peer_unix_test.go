//go:build unix

package peer_test

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker/localapi/peer"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("LANYARD_TEST_DIAL"); path != "" {
		dialAndWait(path)
		return
	}
	os.Exit(m.Run())
}

// dialAndWait is the other process: it connects and stays until it is cut off.
func dialAndWait(path string) {
	c, err := net.Dial("unix", path)
	if err != nil {
		os.Exit(1)
	}
	_, _ = c.Read(make([]byte, 1))
}

func listen(t *testing.T) *net.UnixListener {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(t.TempDir(), "s")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if err := l.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAnotherProcess(t *testing.T) {
	l := listen(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), "LANYARD_TEST_DIAL="+l.Addr().String())
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	p, err := peer.Client(c)
	if err != nil || p.PID != child.Process.Pid || p.User != peer.Self() || !p.Mine() || p.Path != self || p.Name != filepath.Base(self) {
		t.Errorf("%+v, %v; want process %d, %s", p, err, child.Process.Pid, self)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if p, err := peer.Client(c); err != nil || p.User != peer.Self() || p.Path != "" {
		t.Errorf("of a process that is gone: %+v, %v", p, err)
	}
	_ = c.Close()
	if _, err := peer.Client(c); !errors.Is(err, peer.ErrUnknown) {
		t.Errorf("of a closed connection: %v", err)
	}
}

func TestServer(t *testing.T) {
	l := listen(t)
	c, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if p, err := peer.Server(c); err != nil || p.PID != os.Getpid() || !p.Mine() {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestNoConnectionOnThisMachine(t *testing.T) {
	a, b := net.Pipe()
	defer func() { _, _ = a.Close(), b.Close() }()
	if _, err := peer.Client(a); !errors.Is(err, peer.ErrUnknown) {
		t.Errorf("%v", err)
	}
}

func TestNobodyIsNotMe(t *testing.T) {
	if (peer.Peer{}).Mine() {
		t.Error("a peer without a user passes for this one")
	}
}
