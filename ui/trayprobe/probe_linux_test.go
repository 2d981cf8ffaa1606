package trayprobe_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"lanyard/ui/trayprobe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bus starts a session bus of its own. Names are those that it would start a
// program for.
func bus(t *testing.T, names ...string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		service := "[D-BUS Service]\nName=" + name + "\nExec=/bin/false\n"
		if err := os.WriteFile(filepath.Join(dir, name+".service"), []byte(service), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := fmt.Sprintf(`<busconfig><type>session</type><listen>unix:dir=%s</listen><servicedir>%[1]s</servicedir>
<policy context="default"><allow send_destination="*"/><allow own="*"/><allow receive_sender="*"/></policy></busconfig>`, dir)
	file := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	daemon := exec.CommandContext(ctx, "dbus-daemon", "--config-file="+file, "--nofork", "--nopidfile", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = daemon.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

// watch runs a watch until the test ends and returns what it tells.
func watch(t *testing.T, run func(context.Context, func(bool))) <-chan bool {
	t.Helper()
	told, done := make(chan bool, 8), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(done)
		run(ctx, func(has bool) { told <- has })
	}()
	t.Cleanup(func() { stop(); <-done })
	return told
}

func hears(t *testing.T, told <-chan bool, want bool) {
	t.Helper()
	select {
	case got := <-told:
		if got != want {
			t.Errorf("told %v, want %v", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("nobody told %v", want)
	}
}

// service owns a name of the bus until it is closed.
func service(t *testing.T, name string, object any) *dbus.Conn {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if object != nil {
		if err := conn.Export(object, "/org/freedesktop/Notifications", name); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("own %s: %v %v", name, r, err)
	}
	return conn
}

func TestTrayComesAndGoes(t *testing.T) {
	bus(t, "org.kde.StatusNotifierWatcher") // what the bus could start shows no icon yet
	told := watch(t, trayprobe.Watch)
	hears(t, told, false)
	host := service(t, "org.kde.StatusNotifierWatcher", nil)
	hears(t, told, true)
	_ = host.Close()
	hears(t, told, false)
}

func TestWithoutABus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	hears(t, watch(t, trayprobe.Watch), false)
	n := &trayprobe.Notices{}
	hears(t, watch(t, n.Watch), false)
	if err := n.Send(t.Context(), "a", "b"); !errors.Is(err, trayprobe.ErrNoBus) {
		t.Errorf("sent without a bus: %v", err)
	}
}

func TestNotificationsThatTheBusStarts(t *testing.T) {
	bus(t, "org.freedesktop.Notifications")
	hears(t, watch(t, (&trayprobe.Notices{}).Watch), true)
}

// shown is a notification as the service gets it.
type shown struct {
	Replaces    uint32
	Title, Text string
	Expires     int32
}

// notifier is a service that shows notifications, or one that never answers.
type notifier struct {
	got   chan shown
	deaf  chan struct{} // nil: it answers
	plain atomic.Bool   // it knows no markup
}

func (n *notifier) GetCapabilities() ([]string, *dbus.Error) {
	if n.plain.Load() {
		return []string{"body"}, nil
	}
	return []string{"body", "body-markup"}, nil
}

func (n *notifier) Notify(_ string, replaces uint32, _, title, text string, _ []string, _ map[string]dbus.Variant, expires int32) (uint32, *dbus.Error) {
	if n.deaf != nil {
		<-n.deaf
	}
	n.got <- shown{replaces, title, text, expires}
	return 7, nil
}

func TestSend(t *testing.T) {
	bus(t)
	n := &trayprobe.Notices{}
	told := watch(t, n.Watch)
	hears(t, told, false)
	s := &notifier{got: make(chan shown, 2)}
	service(t, "org.freedesktop.Notifications", s)
	hears(t, told, true)
	for _, replaces := range []uint32{0, 7} {
		if err := n.Send(t.Context(), "You were signed on in another place", "<b>Ward</b> & 4"); err != nil {
			t.Fatal(err)
		}
		want := shown{replaces, "You were signed on in another place", "&lt;b&gt;Ward&lt;/b&gt; &amp; 4", -1}
		if got := <-s.got; got != want {
			t.Errorf("shown %+v, want %+v", got, want)
		}
	}
	s.plain.Store(true)
	if err := n.Send(t.Context(), "a", "Ward & 4"); err != nil {
		t.Fatal(err)
	}
	if got := <-s.got; got.Text != "Ward & 4" {
		t.Errorf("without markup: %+v", got)
	}
}

func TestAServiceThatHangsHoldsNobody(t *testing.T) {
	bus(t)
	n := &trayprobe.Notices{}
	told := watch(t, n.Watch)
	hears(t, told, false)
	s := &notifier{got: make(chan shown, 1), deaf: make(chan struct{})}
	service(t, "org.freedesktop.Notifications", s)
	hears(t, told, true)
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if err := n.Send(ctx, "a", "b"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it waited for: %v", err)
	}
	close(s.deaf)
}
