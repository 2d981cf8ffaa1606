package reader_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/card"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/applet/applettest"
	"lanyard/card/virtual/fault"
	"lanyard/card/virtual/reader"
)

func TestMain(m *testing.M) {
	reader.Main()
	goleak.VerifyTestMain(m)
}

func start(t *testing.T, c reader.Config) *reader.Reader {
	t.Helper()
	r, err := reader.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// tool runs a PC/SC program against the reader.
func tool(t *testing.T, r *reader.Reader, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "PCSCLITE_CSOCK_NAME="+r.Socket())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// powered is a card that tells when pcscd has found it.
type powered struct {
	*applet.Card
	on chan struct{}
}

func newCard(t *testing.T) powered {
	t.Helper()
	return powered{applet.New(applettest.New(t, applettest.P256), applet.Options{}), make(chan struct{}, 100)}
}

func (p powered) PowerOn() {
	p.Card.PowerOn()
	p.on <- struct{}{}
}

// wait waits until programs see the card: pcscd shows it when it has its power.
func (p powered) wait(t *testing.T, r *reader.Reader) string {
	t.Helper()
	select {
	case <-p.on:
	case <-time.After(10 * time.Second):
		t.Fatal("pcscd gives the card no power")
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		ctx, cancel := context.WithDeadline(t.Context(), deadline)
		cmd := exec.CommandContext(ctx, "opensc-tool", "--atr")
		cmd.Env = append(os.Environ(), "PCSCLITE_CSOCK_NAME="+r.Socket())
		out, err := cmd.CombinedOutput()
		cancel()
		if err == nil {
			return string(out)
		}
		if time.Now().After(deadline) {
			t.Fatalf("no program sees the card: %v\n%s", err, out)
		}
	}
}

func TestProgramsSeeTheCard(t *testing.T) {
	r := start(t, reader.Config{Name: "Читач карток"})
	if out := tool(t, r, "opensc-tool", "--list-readers"); !strings.Contains(out, r.Name()) || !strings.Contains(out, "No") {
		t.Fatalf("empty reader %q: %s", r.Name(), out)
	}
	c := newCard(t)
	if err := r.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := r.Insert(t.Context(), c); !errors.Is(err, reader.ErrOccupied) {
		t.Errorf("second card: %v", err)
	}
	if out := c.wait(t, r); !strings.Contains(out, "3b:8f:81:31:fe:45:80:73:c0:21:c0:f9") {
		t.Errorf("ATR: %s", out)
	}
	out := tool(t, r, "opensc-tool", "--send-apdu", "00A404000BA00000030800001000010000", "--send-apdu", "00CB3FFF035C017E00")
	if !strings.Contains(out, "7E 12 4F 0B A0 00 00 03 08 00 00 10 00 01 00 5F") {
		t.Errorf("discovery: %s", out)
	}
	r.Remove()
	r.Remove()
	if err := r.Insert(t.Context(), c); err != nil {
		t.Fatalf("card that was pulled: %v", err)
	}
}

// Cards that come and go faster than pcscd looks leave the last one seen.
func TestQuickSwaps(t *testing.T) {
	r := start(t, reader.Config{})
	for range 2 {
		if err := r.Insert(t.Context(), newCard(t)); err != nil {
			t.Fatal(err)
		}
		r.Remove()
	}
	last := newCard(t)
	if err := r.Insert(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	last.wait(t, r)
}

// listeners are the machine's TCP sockets that listen, from every address.
func listeners(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, path := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) > 3 && f[3] == "0A" {
				found = append(found, f[1])
			}
		}
	}
	return found
}

func TestNoListenerOnTheHost(t *testing.T) {
	const port = ":8C7B"
	before := listeners(t)
	r := start(t, reader.Config{})
	c := newCard(t)
	if err := r.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	c.wait(t, r)
	for _, l := range listeners(t) {
		// Other programs of the machine come and go: only the driver's port is ours.
		if strings.HasSuffix(l, port) && !slices.Contains(before, l) {
			t.Errorf("the driver listens on the host: %s", l)
		}
	}
	// The driver does listen, in a network of its own.
	own, err := os.ReadFile(filepath.Join("/proc", child(t), "net", "tcp"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(own, []byte(port)) {
		t.Errorf("no driver in the reader's own network:\n%s", own)
	}
}

// child returns the number of the one child process of this test that is a reader.
func child(t *testing.T) string {
	t.Helper()
	list, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range list {
		b, _ := os.ReadFile(path)
		for _, pid := range strings.Fields(string(b)) {
			line, _ := os.ReadFile(filepath.Join("/proc", pid, "cmdline"))
			if bytes.HasPrefix(line, []byte("lanyard-virtual-reader\x00")) {
				return pid
			}
		}
	}
	t.Fatal("no reader process")
	return ""
}

func TestSeveralReaders(t *testing.T) {
	a, b := start(t, reader.Config{Name: "First"}), start(t, reader.Config{Name: "Second"})
	if a.Socket() == b.Socket() {
		t.Fatal("one socket for two readers")
	}
	for _, r := range []*reader.Reader{a, b} {
		if out := tool(t, r, "opensc-tool", "--list-readers"); !strings.Contains(out, r.Name()) {
			t.Errorf("%q: %s", r.Name(), out)
		}
	}
}

func TestClose(t *testing.T) {
	dir := shortDir(t)
	r, err := reader.Start(t.Context(), reader.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	c := newCard(t)
	if err := r.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-r.Done():
	default:
		t.Error("closed and not done")
	}
	if err := r.Insert(t.Context(), c); !errors.Is(err, card.ErrNoReader) {
		t.Errorf("insert after close: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// shortDir is a directory whose name leaves room for a socket's.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "r")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestWhatCannotStart(t *testing.T) {
	long := filepath.Join(shortDir(t), strings.Repeat("d", 100))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]reader.Config{
		"a quote in the name": {Name: `Reader "1"`},
		"a long name":         {Name: strings.Repeat("r", 200)},
		"a long directory":    {Dir: long},
		"no directory":        {Dir: filepath.Join(long, "none")},
	} {
		t.Run(name, func(t *testing.T) {
			if r, err := reader.Start(t.Context(), c); err == nil {
				_ = r.Close()
				t.Error("started")
			}
		})
	}
	t.Run("an ended context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := reader.Start(ctx, reader.Config{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
	if left, err := os.ReadDir(long); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A parent that is killed takes the reader with it.
func TestDiesWithItsParent(t *testing.T) {
	if os.Getenv(parentEnv) != "" {
		start(t, reader.Config{Dir: os.Getenv(parentEnv)})
		_, _ = os.Stdout.WriteString("child " + child(t) + "\n")
		time.Sleep(time.Minute) // killed long before
		return
	}
	dir := shortDir(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestDiesWithItsParent$", "-test.timeout=30s")
	cmd.Env = append(os.Environ(), parentEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var text []byte
	buf := make([]byte, 256)
	for !bytes.Contains(text, []byte("\n")) {
		n, err := out.Read(buf)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		text = append(text, buf[:n]...)
	}
	pid := strings.Fields(string(text))[1]
	if _, err := os.Stat("/proc/" + pid + "/exe"); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	deadline := time.Now().Add(10 * time.Second)
	for alive(pid) {
		if time.Now().After(deadline) {
			t.Fatal("the reader outlives its parent")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

const parentEnv = "LANYARD_TEST_READER_DIR"

// alive tells whether a process runs: neither gone nor a zombie.
func alive(pid string) bool {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(state, "Z") && !strings.HasPrefix(state, "X")
}

func TestDoneWhenPcscdEnds(t *testing.T) {
	r := start(t, reader.Config{})
	b, err := os.ReadFile(filepath.Join(filepath.Dir(r.Socket()), "pcscd.pid"))
	if err != nil {
		t.Fatal(err)
	}
	// The number counts inside the reader's namespace: the child's second process.
	host := child(t)
	kids, err := filepath.Glob("/proc/" + host + "/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	var pids []string
	for _, k := range kids {
		text, _ := os.ReadFile(k)
		pids = append(pids, strings.Fields(string(text))...)
	}
	if len(pids) != 1 {
		t.Fatalf("processes %v, pcscd calls itself %s", pids, b)
	}
	if out, err := exec.CommandContext(t.Context(), "kill", "-9", pids[0]).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	select {
	case <-r.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("pcscd is dead and the reader is not done")
	}
	err = r.Insert(t.Context(), newCard(t))
	if !errors.Is(err, card.ErrNoService) {
		t.Errorf("insert: %v, want ErrNoService", err)
	}
}

// A card that a fault script pulls leaves room for the next one.
func TestCardThatLeavesByItself(t *testing.T) {
	r := start(t, reader.Config{})
	script, err := fault.Parse([]byte("every pull\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Occupied() {
		t.Fatal("an empty reader is occupied")
	}
	c := newCard(t)
	if err := r.Insert(t.Context(), fault.NewPlayer(script).Chip(c)); err != nil {
		t.Fatal(err)
	}
	if !r.Occupied() {
		t.Fatal("a card is in, and the reader is not occupied")
	}
	<-c.on
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for r.Occupied() { // the first command that reaches the card is its last
		if ctx.Err() != nil {
			t.Fatal("the card pulled itself, and the reader is occupied")
		}
		cmd := exec.CommandContext(ctx, "opensc-tool", "-s", "00A40400")
		cmd.Env = append(os.Environ(), "PCSCLITE_CSOCK_NAME="+r.Socket())
		_ = cmd.Run() // it fails in any case: no card yet, or one that leaves
	}
	if err := r.Insert(t.Context(), newCard(t)); err != nil {
		t.Fatal(err)
	}
}
