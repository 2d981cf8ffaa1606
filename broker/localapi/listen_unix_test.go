//go:build unix

package localapi

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/broker/failure"
)

func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "lanyard")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func listenAt(t *testing.T, address string) net.Listener {
	t.Helper()
	l, err := Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func closeIt(t *testing.T, l net.Listener) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func TestListenMakesAPrivatePlace(t *testing.T) {
	address := filepath.Join(t.TempDir(), "new", "lanyard", "agent.sock")
	l := listenAt(t, address)
	if m := mode(t, filepath.Dir(address)); m.Perm() != 0o700 {
		t.Errorf("folder has mode %v", m)
	}
	if m := mode(t, address); m.Perm() != 0o600 || m.Type() != fs.ModeSocket {
		t.Errorf("socket has mode %v", m)
	}
	closeIt(t, l)
	if _, err := os.Lstat(address); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket outlives its agent: %v", err)
	}
}

func TestSecondAgentIsRefused(t *testing.T) {
	address := filepath.Join(folder(t), "agent.sock")
	l := listenAt(t, address)
	if _, err := Listen(t.Context(), address); !errors.Is(err, ErrInUse) {
		t.Errorf("second agent: %v", err)
	}
	if c, err := net.Dial("unix", address); err != nil {
		t.Errorf("the second agent took the first one's socket away: %v", err)
	} else {
		_ = c.Close()
	}
	closeIt(t, l)
	closeIt(t, listenAt(t, address))
}

func TestSocketOfADeadAgentIsReplaced(t *testing.T) {
	address := filepath.Join(folder(t), "agent.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: address})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	closeIt(t, dead)
	if _, err := Dial(t.Context(), address); code(err) != failure.AgentAbsent {
		t.Errorf("call of a dead agent: %v", err)
	}
	closeIt(t, listenAt(t, address))
}

func TestUnsafePlaces(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string) (address string){
		"others can write": func(t *testing.T, dir string) string {
			return filepath.Join(withMode(t, dir, 0o777), "agent.sock")
		},
		"the group can write": func(t *testing.T, dir string) string {
			return filepath.Join(withMode(t, dir, 0o770), "agent.sock")
		},
		"sticky and world-writable": func(t *testing.T, dir string) string {
			return filepath.Join(withMode(t, dir, 0o777|fs.ModeSticky), "agent.sock")
		},
		"others can write above": func(t *testing.T, dir string) string {
			below := filepath.Join(dir, "below")
			if err := os.Mkdir(below, 0o700); err != nil {
				t.Fatal(err)
			}
			withMode(t, dir, 0o777)
			return filepath.Join(below, "agent.sock")
		},
		"a link to such a place": func(t *testing.T, dir string) string {
			link := filepath.Join(filepath.Dir(dir), "link")
			if err := os.Symlink(withMode(t, dir, 0o777), link); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(link, "agent.sock")
		},
		"a file in the socket's place": func(t *testing.T, dir string) string {
			address := filepath.Join(dir, "agent.sock")
			if err := os.WriteFile(address, []byte("keep me"), 0o600); err != nil {
				t.Fatal(err)
			}
			return address
		},
	} {
		t.Run(name, func(t *testing.T) {
			address := spoil(t, folder(t))
			l, err := Listen(t.Context(), address)
			if err == nil {
				closeIt(t, l)
			}
			if !errors.Is(err, ErrUnsafe) {
				t.Errorf("listen: %v", err)
			}
		})
	}
}

func withMode(t *testing.T, dir string, m fs.FileMode) string {
	t.Helper()
	if err := os.Chmod(dir, m); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestPathTooLong(t *testing.T) {
	_, err := Listen(t.Context(), filepath.Join(t.TempDir(), strings.Repeat("x", 120), "agent.sock"))
	if err == nil || !strings.Contains(err.Error(), "XDG_RUNTIME_DIR") {
		t.Errorf("listen: %v", err)
	}
}

func TestAddress(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "/run/user/1000")
	if a, err := Address(); err != nil || a != "/run/user/1000/lanyard/agent.sock" {
		t.Errorf("%s, %v", a, err)
	}
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "/home/amara")
	if a, err := Address(); err != nil || !strings.HasPrefix(a, "/home/amara/") || !strings.HasSuffix(a, "/lanyard/agent.sock") {
		t.Errorf("%s, %v", a, err)
	}
	t.Setenv("HOME", "")
	if a, err := Address(); err == nil {
		t.Errorf("address %s of nobody", a)
	}
}

// code is the code of an error, empty where it has none.
func code(err error) failure.Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
