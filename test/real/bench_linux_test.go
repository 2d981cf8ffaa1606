package real_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker/localapi"
	"lanyard/card/pkcs11"
	"lanyard/card/virtual/reader"
)

// bench is what the tests of this package share: engines start once, and
// libpcsclite reads its socket's path once in a process.
var bench *hold

// hold is a running `lanyard demo --hold`.
type hold struct {
	program string
	dir     string
	env     map[string]string
	cmd     *exec.Cmd
}

// log is what the bench has logged so far.
func (h *hold) log() string {
	text, err := os.ReadFile(filepath.Join(h.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestMain(m *testing.M) {
	reader.Main()
	pkcs11.Main()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lanyard-real-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bench = &hold{dir: dir, program: filepath.Join(dir, "lanyard")}
	if err := bench.start(); err != nil {
		fmt.Fprintf(os.Stderr, "the bench does not start: %v\n%s\n", err, bench.log())
		return 1
	}
	status := m.Run()
	if err := bench.stop(); err != nil {
		fmt.Fprintf(os.Stderr, "the bench did not end well: %v\n%s\n", err, bench.log())
		status = 1
	}
	return status
}

func (h *hold) start() error {
	ctx := context.Background()
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", h.program, "lanyard").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	file := filepath.Join(h.dir, "env")
	h.cmd = exec.CommandContext(ctx, h.program, "demo", "--hold", "--env", file, "--log", "debug",
		"--dir", filepath.Join(h.dir, "demo"), "--socket", filepath.Join(h.dir, "agent.sock"))
	log, err := os.Create(filepath.Join(h.dir, "log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child has its own
	h.cmd.Stdout, h.cmd.Stderr = log, log
	if err := h.cmd.Start(); err != nil {
		return err
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 600 {
		if text, err := os.ReadFile(file); err == nil {
			return h.read(text)
		}
		<-tick.C
	}
	return fmt.Errorf("no environment file after 30 s")
}

// read takes the export lines as a program without a shell would.
func (h *hold) read(text []byte) error {
	h.env = map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		if !ok {
			return fmt.Errorf("no export line: %q", lines.Text())
		}
		h.env[name] = strings.Trim(value, "'")
	}
	return os.Setenv("PCSCLITE_CSOCK_NAME", h.env["PCSCLITE_CSOCK_NAME"])
}

func (h *hold) stop() error {
	if err := h.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return h.cmd.Wait()
}

// lanyard runs a command against the bench's agent.
func (h *hold) lanyard(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), h.program, append([]string{"--socket", h.env["LANYARD_SOCKET"]}, args...)...)
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// tool runs a program of the distribution, which sees the card through pcscd.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func (h *hold) dial(t *testing.T) *localapi.Client {
	t.Helper()
	c, err := localapi.Dial(t.Context(), h.env["LANYARD_SOCKET"])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// until watches the bench's desk until a state fits.
func until(t *testing.T, c *localapi.Client, what string, fits func(localapi.State) bool) localapi.State {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var last localapi.State
	found := false
	err := c.Watch(ctx, func(s localapi.State) {
		if found {
			return
		}
		last = s
		if found = fits(s); found {
			cancel()
		}
	})
	if !found {
		t.Fatalf("%s did not come: %v; the desk is at %s, %+v", what, err, last.Phase, last.Problem)
	}
	return last
}
