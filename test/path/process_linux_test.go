package path_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/localapi"
	"lanyard/broker/ticket"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
	"lanyard/test/proc"
	"lanyard/test/ptytest"
	"lanyard/test/realmtest"
)

// program builds lanyard once for all tests, as it is shipped.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(workDir, "lanyard")
	if out, err := exec.CommandContext(context.Background(), "go", "build", "-o", path, "lanyard").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// process is `lanyard agent` on a terminal, with a reader in front of it.
type process struct {
	cmd      *exec.Cmd
	keyboard *os.File
	screen   *ptytest.Screen
	log      logBook
	socket   string
	readers  *pcscd.Daemon
	home     string
}

var discard = slog.New(slog.DiscardHandler)

const readerName = "Lanyard Test Reader 00 00"

// run starts the agent against a realm.
func run(t *testing.T, r *realmtest.Realm, home string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{socket: filepath.Join(home, "agent.sock"), home: home, screen: ptytest.NewScreen()}
	settings := filepath.Join(home, "agent.toml")
	text := fmt.Sprintf("environment = \"local\"\n[log]\nlevel = \"debug\"\n[profiles.local]\nserver = %q\nanchors = [%q]\nproxy = \"direct\"\nvirtual_cards = true\n", r.Base, r.Anchor)
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	service := filepath.Join(home, "pcscd.comm")
	if p.readers, err = pcscd.Start(service); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.readers.Stop)
	if err := p.readers.AddReader(readerName); err != nil {
		t.Fatal(err)
	}
	master, slave := ptytest.Open(t)
	p.keyboard = master
	p.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), path, "agent", "--config", settings, "--socket", p.socket)
	p.cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, pcscd.SocketEnv+"="+service)
	p.cmd.Stdin, p.cmd.Stdout = slave, p.screen
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.end(t) })
	p.screen.Await(t, "Put your card in")
	return p
}

// end asks the agent to leave and waits for it.
func (p *process) end(t *testing.T) {
	t.Helper()
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Signal(os.Interrupt)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the agent ended with %v\n%s", err, &p.log)
	}
}

// kill ends the agent as a power cut does.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err == nil {
		t.Fatal("a killed agent ended well")
	}
	p.readers.Stop()
}

func (p *process) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(p.keyboard, keys); err != nil {
		t.Fatal(err)
	}
}

// insert puts a virtual card behind the reader.
func (p *process) insert(t *testing.T, r *realmtest.Realm, uid broker.UID) {
	t.Helper()
	dir := filepath.Join(p.home, "cards")
	path := filepath.Join(dir, "card.card")
	if _, err := os.Stat(path); err != nil {
		r.Card(t, dir, "card", uid)
	}
	c, err := virtual.Open(t.Context(), path, r.Device)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := p.readers.Insert(readerName, contacts{applet.New(virtual.NewPIV(c, false, discard), applet.Options{})}); err != nil {
		t.Fatal(err)
	}
}

// contacts fit the applet to the look-alike, whose commands have no context.
type contacts struct{ *applet.Card }

func (c contacts) Transmit(command []byte) ([]byte, error) {
	return c.Card.Transmit(context.Background(), command)
}

// signOn types the passcode and takes the first role.
func (p *process) signOn(t *testing.T, r *realmtest.Realm) {
	t.Helper()
	p.insert(t, r, realmtest.ThreeRoles)
	p.screen.Await(t, "Passcode: ")
	p.press(t, realmtest.PIN()+"\r")
	p.screen.Await(t, "Enter for the first: ")
	p.press(t, "\r")
	p.screen.Await(t, "Signed on")
}

// TestIdleAgentSleeps counts the voluntary switches of every thread: an idle
// agent has none, with no card and signed on.
func TestIdleAgentSleeps(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	p := run(t, r, t.TempDir())
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"no card", func() {}},
		{"signed on", func() { p.signOn(t, r) }},
	} {
		c.do()
		if n := p.switches(t); n != 0 {
			t.Errorf("%s: %d voluntary switches in 10 s", c.name, n)
		}
	}
}

// switches counts the switches of 10 s after the agent has come to rest.
func (p *process) switches(t *testing.T) uint64 {
	t.Helper()
	const window, settle = 10 * time.Second, 4 * time.Second
	pause(t, settle) // the Go runtime's own timers after work: a GC, an idle connection
	before, err := proc.Switches(p.cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	pause(t, window)
	after, err := proc.Switches(p.cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	var sum uint64
	for tid, n := range after {
		sum += n - before[tid]
	}
	return sum
}

// pause lets time pass, which is what is measured here.
func pause(t *testing.T, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
	}
}

// TestPasscodeLeavesNoTrace searches the agent's memory: the passcode is there
// while it is typed, and nowhere after the sign-on; nor is it, or a ticket, in
// the log or on the screen.
func TestPasscodeLeavesNoTrace(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	p := run(t, r, t.TempDir())
	p.insert(t, r, realmtest.ThreeRoles)
	p.screen.Await(t, "Passcode: ")
	p.press(t, realmtest.PIN())
	p.screen.Await(t, strings.Repeat("•", len(realmtest.PIN())))
	if found := p.find(t); found == 0 {
		t.Error("the passcode is not found while it is typed: the search is blind")
	}
	p.press(t, "\r")
	p.screen.Await(t, "Enter for the first: ")
	p.press(t, "\r")
	p.screen.Await(t, "Signed on")
	if found := p.find(t); found != 0 {
		t.Errorf("the passcode stands %d times in memory after the sign-on", found)
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", p.cmd.Process.Pid))
	if err != nil || !regexp.MustCompile(`Max core file size +0 +0 `).Match(limits) {
		t.Errorf("a crash would leave a core file: %v\n%s", err, limits)
	}
	ticket := p.ticket(t)
	for name, text := range map[string]string{"log": p.log.String(), "screen": p.screen.String()} {
		if strings.Contains(text, realmtest.PIN()) {
			t.Errorf("the passcode is in the %s", name)
		}
		if strings.Contains(text, ticket[:20]) || strings.Contains(text, "AQIC") {
			t.Errorf("the ticket is in the %s", name)
		}
	}
	if p.log.String() == "" {
		t.Error("nothing was logged at debug level")
	}
}

func (p *process) find(t *testing.T) int {
	t.Helper()
	found, err := proc.Find(p.cmd.Process.Pid, realmtest.PIN())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("found %v", found)
	return proc.Hits(found)
}

// ticket asks the running agent as an application does.
func (p *process) ticket(t *testing.T) string {
	t.Helper()
	c, err := localapi.Dial(t.Context(), p.socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	given, err := c.Ticket(t.Context(), ticket.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	return given.Reveal()
}

// TestKilledAgent kills the agent while it is signed on: its session does not
// outlive its idle time, and the next agent starts cleanly.
func TestKilledAgent(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	home := t.TempDir()
	p := run(t, r, home)
	p.signOn(t, r)
	p.kill(t)
	now := time.Now()
	if n := r.LiveAt(t, realmtest.ThreeRoles, now); n != 1 {
		t.Fatalf("%d sessions live after the kill, want the one that was left", n)
	}
	if n := r.LiveAt(t, realmtest.ThreeRoles, now.Add(r.Idle+time.Second)); n != 0 {
		t.Errorf("%d sessions outlive their idle time", n)
	}
	next := run(t, r, home)
	next.signOn(t, r)
	if next.ticket(t) == "" {
		t.Error("no ticket from the next agent")
	}
}

// TestSecondAgentIsRefused tells plainly that one runs already.
func TestSecondAgentIsRefused(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	p := run(t, r, t.TempDir())
	cmd := exec.CommandContext(t.Context(), p.cmd.Path, p.cmd.Args[1:]...)
	cmd.Env = p.cmd.Env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(out.String(), "another agent of this user is running") {
		t.Errorf("%v\n%s", err, &out)
	}
}
