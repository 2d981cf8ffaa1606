//go:build unix

package engine

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long an engine may take to start or to end.
const patience = 30 * time.Second

// process is one server, as it can be started again.
type process struct {
	tb   testing.TB
	name string
	make func() *exec.Cmd

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	log  *bytes.Buffer
}

// run starts a server that ends with the test.
func run(tb testing.TB, name string, make func() *exec.Cmd) *process {
	tb.Helper()
	p := &process{tb: tb, name: name, make: make}
	p.start()
	tb.Cleanup(func() {
		p.Kill()
		if tb.Failed() {
			tb.Logf("%s said:\n%s", name, p.log.Bytes())
		}
	})
	return p
}

func (p *process) start() {
	p.tb.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	cmd := p.make()
	p.log = &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		p.tb.Fatalf("start %s: %v", p.name, err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait()
	}()
	p.cmd, p.done = cmd, done
}

// signal reaches the server and all that it started.
func (p *process) signal(s syscall.Signal) {
	for _, pid := range append(children(p.cmd.Process.Pid), p.cmd.Process.Pid) {
		if err := syscall.Kill(pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
			p.tb.Errorf("%s: %v: %v", p.name, s, err)
		}
	}
}

// children are the processes that a process started. PostgreSQL's leave its
// group.
func children(pid int) (all []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range tasks {
		list, _ := os.ReadFile(t)
		for _, text := range strings.Fields(string(list)) {
			if child, err := strconv.Atoi(text); err == nil {
				all = append(append(all, children(child)...), child)
			}
		}
	}
	return all
}

// Kill ends the server with SIGKILL, and all that it started: when it returns
// none of them runs.
func (p *process) Kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	family := children(p.cmd.Process.Pid)
	p.signal(syscall.SIGKILL)
	<-p.done
	for _, pid := range family {
		until(p.tb, p.name+"'s child to end", func() error { return gone(pid) })
	}
}

// gone tells whether a process has ended, reaped or not.
func gone(pid int) error {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil || strings.Contains(string(status), ") Z ") {
		return nil
	}
	return fmt.Errorf("process %d runs", pid)
}

// Pause stops the server where it is: when it returns no thread of it runs.
// Resume lets it go on.
func (p *process) Pause() {
	p.signal(syscall.SIGSTOP)
	for _, pid := range append(children(p.cmd.Process.Pid), p.cmd.Process.Pid) {
		until(p.tb, p.name+" to stop", func() error { return stopped(pid) })
	}
}

// stopped tells whether all threads of a process are stopped, or gone.
func stopped(pid int) error {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, t := range threads {
		if stat, err := os.ReadFile(t); err == nil && !strings.Contains(string(stat), ") T ") {
			return fmt.Errorf("%s: %.80s", t, stat)
		}
	}
	return nil
}

// Resume lets a paused server go on.
func (p *process) Resume() { p.signal(syscall.SIGCONT) }

// until waits for a server to become so.
func until(tb testing.TB, what string, so func() error) {
	tb.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := so()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-limit.C:
			tb.Fatalf("waited in vain for %s: %v", what, err)
		}
	}
}

// port finds one of the loopback that is free.
func port(tb testing.TB) int {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().(*net.TCPAddr).Port
}

func address(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// answers tells whether something listens.
func answers(address string) error {
	c, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return err
	}
	return c.Close()
}

// must runs a program to its end.
func must(tb testing.TB, cmd *exec.Cmd) {
	tb.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

func fatal(tb testing.TB, err error, what string) {
	tb.Helper()
	if err != nil {
		tb.Fatal(fmt.Errorf("%s: %w", what, err))
	}
}
