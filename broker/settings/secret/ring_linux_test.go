package secret_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"lanyard/broker/settings/secret"
)

// waiting is how long a daemon may take to come up on a machine that is busy.
const waiting = 30 * time.Second

// session is a bus, a display for dialogs and, later, a keyring of the test's own.
type session struct {
	t    *testing.T
	home string
	env  []string
}

func newSession(t *testing.T) *session {
	t.Helper()
	s := &session{t: t, home: t.TempDir()}
	s.env = append(os.Environ(), "HOME="+s.home, "XDG_DATA_HOME="+filepath.Join(s.home, "data"), "XDG_RUNTIME_DIR="+s.home, "GDK_BACKEND=x11", "NO_AT_BRIDGE=1")
	s.env = append(s.env, "DISPLAY=:"+s.start(nil, "Xvfb", "-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"))
	address := s.start(nil, "dbus-daemon", "--config-file="+s.busFile(), "--nofork", "--nopidfile", "--print-address=3")
	s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return s
}

// busFile sets up a bus that starts dialogs of a keyring, and no keyring.
func (s *session) busFile() string {
	s.t.Helper()
	services, config := filepath.Join(s.home, "services"), filepath.Join(s.home, "bus.conf")
	const dialogs = "org.gnome.keyring.SystemPrompter.service"
	text, err := os.ReadFile(filepath.Join("/usr/share/dbus-1/services", dialogs))
	if err != nil {
		s.t.Fatal(err)
	}
	err = errors.Join(os.Mkdir(services, 0o700), os.WriteFile(filepath.Join(services, dialogs), text, 0o600),
		os.WriteFile(config, []byte(`<busconfig><type>session</type><listen>unix:dir=`+s.home+`</listen><auth>EXTERNAL</auth>
<servicedir>`+services+`</servicedir><policy context="default"><allow own="*"/><allow send_destination="*" eavesdrop="true"/>
<allow receive_sender="*"/></policy></busconfig>`), 0o600))
	if err != nil {
		s.t.Fatal(err)
	}
	return config
}

// start runs a daemon until the test ends and returns the line it writes to
// descriptor 3, or nothing where it was not asked for one.
func (s *session) start(stdin io.Reader, name string, args ...string) string {
	s.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Stdin, cmd.ExtraFiles = s.env, stdin, []*os.File{write}
	if err := errors.Join(cmd.Start(), write.Close()); err != nil {
		cancel()
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	if !strings.Contains(strings.Join(args, " "), "3") {
		return ""
	}
	if err := read.SetReadDeadline(time.Now().Add(waiting)); err != nil {
		s.t.Fatal(err)
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		s.t.Fatalf("%s does not come up: %v", name, err)
	}
	return strings.TrimSpace(line)
}

// keyring starts an open keyring.
func (s *session) keyring() {
	s.t.Helper()
	s.start(strings.NewReader("desk"), "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	conn := s.dial()
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(s.t.Context(), waiting)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var has bool
		if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&has); err != nil {
			s.t.Fatal(err)
		}
		if has {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.t.Fatal("the keyring does not come up")
		}
	}
}

func (s *session) lock() {
	s.t.Helper()
	conn := s.dial()
	defer func() { _ = conn.Close() }()
	call := conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").CallWithContext(s.t.Context(),
		"org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"})
	if call.Err != nil {
		s.t.Fatal(call.Err)
	}
}

func (s *session) dial() *dbus.Conn {
	s.t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		s.t.Fatal(err)
	}
	return conn
}

const name = "proxy:proxy.test:3128"

// TestKeyring goes through a desktop's life: no keyring, an open one, a locked
// one. The keyring's library keeps one connection to one bus, so they stand in
// one test.
func TestKeyring(t *testing.T) {
	t.Cleanup(func() {
		goleak.VerifyNone(t, goleak.IgnoreAnyFunction("github.com/godbus/dbus/v5.(*Conn).inWorker"),
			goleak.IgnoreAnyFunction("github.com/godbus/dbus/v5.newConn.func1"))
	})
	s := newSession(t)
	ring := secret.NewRing(700 * time.Millisecond)
	keeper := secret.NewKeeper(ring)
	t.Setenv("XDG_DATA_HOME", s.home)

	t.Run("none", func(t *testing.T) { none(t, ring, keeper) })
	s.keyring()
	t.Run("open", func(t *testing.T) { open(t, ring, keeper) })
	s.lock()
	t.Run("locked", func(t *testing.T) { locked(t, ring, keeper) })
}

// none: what is to be kept is held in memory and nowhere else.
func none(t *testing.T, ring *secret.Ring, keeper *secret.Keeper) {
	ctx := t.Context()
	if _, err := ring.Get(ctx, name); !errors.Is(err, secret.ErrNone) {
		t.Errorf("get: %v", err)
	}
	if got := keeper.Look(ctx, name); got != secret.None {
		t.Errorf("it looks %s", got)
	}
	value := []byte("only in memory")
	if err := keeper.Set(ctx, name, value); err != nil {
		t.Fatal(err)
	}
	clear(value)
	if got, err := keeper.Get(ctx, name); err != nil || string(got) != "only in memory" {
		t.Errorf("%q %v", got, err)
	}
	if got := keeper.Look(ctx, name); got != secret.Held {
		t.Errorf("it looks %s", got)
	}
	if err := keeper.Delete(ctx, name); err != nil {
		t.Error(err)
	}
	if got := keeper.Look(ctx, name); got != secret.None {
		t.Errorf("forgotten, it looks %s", got)
	}
	if err := keeper.Set(ctx, name, []byte("again")); err != nil {
		t.Fatal(err)
	}
	keeper.Close()
	if _, err := keeper.Get(ctx, name); !errors.Is(err, secret.ErrNone) {
		t.Errorf("closed: %v", err)
	}
}

func open(t *testing.T, ring *secret.Ring, keeper *secret.Keeper) {
	ctx := t.Context()
	if got := keeper.Look(ctx, name); got != secret.Absent {
		t.Fatalf("it looks %s", got)
	}
	if _, err := ring.Get(ctx, name); !errors.Is(err, secret.ErrAbsent) {
		t.Errorf("get: %v", err)
	}
	if err := ring.Delete(ctx, name); err != nil {
		t.Errorf("delete what is not there: %v", err)
	}
	want := []byte("pâss word")
	if err := keeper.Set(ctx, name, want); err != nil {
		t.Fatal(err)
	}
	if got := keeper.Look(ctx, name); got != secret.Kept {
		t.Errorf("it looks %s", got)
	}
	if got, err := keeper.Get(ctx, name); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%q %v", got, err)
	}
	if err := ring.Set(ctx, name, make([]byte, 4096)); err == nil {
		t.Error("a secret of 4 kB was taken")
	}
}

// locked: looking asks for nothing, a call is given up, and so is the next
// while the first one's dialog is open.
func locked(t *testing.T, ring *secret.Ring, keeper *secret.Keeper) {
	ctx := t.Context()
	if got := keeper.Look(ctx, name); got != secret.Locked {
		t.Errorf("it looks %s", got)
	}
	for _, what := range []string{"first", "second"} {
		begun := time.Now()
		if _, err := ring.Get(ctx, name); !errors.Is(err, secret.ErrLocked) {
			t.Errorf("%s get: %v", what, err)
		}
		if err := keeper.Set(ctx, name, []byte("x")); !errors.Is(err, secret.ErrLocked) {
			t.Errorf("%s set: %v", what, err)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("%s calls took %v", what, took)
		}
	}
	ended, cancel := context.WithCancelCause(ctx)
	gone := errors.New("the program ends")
	cancel(gone)
	if _, err := ring.Get(ended, name); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}
