package doctor_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"lanyard/broker/doctor"
)

// waiting is how long a daemon may take to come up on a machine that is busy.
const waiting = 30 * time.Second

// session is a session bus of the test's own, on which nothing is started by
// its name.
type session struct {
	t    *testing.T
	home string
	conn *dbus.Conn
}

func newSession(t *testing.T) *session {
	t.Helper()
	s := &session{t: t, home: t.TempDir()}
	config := filepath.Join(s.home, "bus.conf")
	err := os.WriteFile(config, []byte(`<busconfig><type>session</type><listen>unix:dir=`+s.home+`</listen><auth>EXTERNAL</auth>
<policy context="default"><allow own="*"/><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/></policy></busconfig>`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--nopidfile", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.start(daemon)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	if s.conn, err = dbus.Connect(strings.TrimSpace(address)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.conn.Close() })
	return s
}

// start runs a daemon until the test ends.
func (s *session) start(daemon *exec.Cmd) {
	s.t.Helper()
	if err := daemon.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
}

// own takes a name on the bus, as the program that serves it does.
func (s *session) own(name string) {
	s.t.Helper()
	if got, err := s.conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || got != dbus.RequestNameReplyPrimaryOwner {
		s.t.Fatalf("%s: %v %v", name, got, err)
	}
}

// secrets is the object of the keyrings' service.
func (s *session) secrets() dbus.BusObject {
	return s.conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
}

// keyring starts a service of keyrings with one that is open, and tells its path.
func (s *session) keyring() dbus.ObjectPath {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), waiting)
	defer cancel()
	signals := make(chan *dbus.Signal, 8)
	s.conn.Signal(signals)
	defer s.conn.RemoveSignal(signals)
	if err := s.conn.AddMatchSignalContext(ctx, dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, "org.freedesktop.secrets")); err != nil {
		s.t.Fatal(err)
	}
	daemon := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	daemon.Env = append(os.Environ(), "HOME="+s.home, "XDG_DATA_HOME="+filepath.Join(s.home, "data"), "XDG_RUNTIME_DIR="+s.home)
	daemon.Stdin = strings.NewReader("open sesame")
	s.start(daemon)
	select {
	case <-signals:
	case <-ctx.Done():
		s.t.Fatal("no service of keyrings came")
	}
	var path dbus.ObjectPath
	if err := s.secrets().CallWithContext(ctx, "org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&path); err != nil || path == "/" {
		s.t.Fatalf("no keyring: %v %s", err, path)
	}
	return path
}

// TestDesktop looks at a session as its services come.
func TestDesktop(t *testing.T) {
	b := newBench(t)
	s := newSession(t)
	look := func(want string) {
		t.Helper()
		rows := map[doctor.ID]doctor.Row{}
		begun := time.Now()
		doctor.Examine(t.Context(), b.c, func(r doctor.Row) { rows[r.ID] = r })
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
		check(t, rows, want)
	}
	look("tray none tray.none, notifications none notifications.none, keyring none keyring.none")
	s.own("org.kde.StatusNotifierWatcher")
	s.own("org.freedesktop.Notifications")
	look("tray good tray.there, notifications good notifications.there, keyring none keyring.none")
	path := s.keyring()
	look("keyring good keyring.works")
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	if err := s.secrets().Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{path}).Store(&locked, &prompt); err != nil || len(locked) != 1 {
		t.Fatalf("lock: %v %v", locked, err)
	}
	look("keyring look keyring.locked")
}
