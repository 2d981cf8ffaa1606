package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"lanyard/card"
)

// childName is what the child is called, by which it knows what it is.
const childName = "lanyard-pkcs11"

// grace is how long a call under way may still be answered after the caller's
// context ended: nearly all are, and then it is known what became of a PIN.
const grace = time.Second

// process is a child with a module. One call at a time.
type process struct {
	cmd     *exec.Cmd
	in, out *os.File
	ended   chan struct{} // closed when the child was waited for
	stop    sync.Once
	how     error // how it ended; read after ended
}

// spawn starts a child for a module. It has loaded nothing yet.
func spawn(module string, env []string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the module's process: %w", err)
	}
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start the module's process: %w", err)
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the module's process: %w", err), childIn.Close(), in.Close())
	}
	cmd := &exec.Cmd{Path: self, Args: []string{childName, module}, Env: env, Stdin: childIn, Stdout: childOut, SysProcAttr: tied()}
	p := &process{cmd: cmd, in: in, out: out, ended: make(chan struct{})}
	started := make(chan error, 1)
	go p.watch(started)
	err = <-started
	_, _ = childIn.Close(), childOut.Close()
	if err != nil {
		<-p.ended
		_, _ = in.Close(), out.Close()
		return nil, fmt.Errorf("start the module's process: %w", err)
	}
	return p, nil
}

// watch starts the child and waits for its end on one thread: where the kernel
// ends the child with its parent, it ends it with the thread that started it.
func (p *process) watch(started chan<- error) {
	defer close(p.ended)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		if p.how = p.cmd.Wait(); p.how == nil {
			p.how = errors.New("exit status 0")
		}
	}
}

// over tells whether the child has ended.
func (p *process) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// kill ends the child and waits for it. It is safe to call twice.
func (p *process) kill() {
	p.stop.Do(func() {
		_ = p.cmd.Process.Kill()
		_, _ = p.in.Close(), p.out.Close()
	})
	<-p.ended
}

// call makes a request and waits for the answer. A child that does not give
// one is dead afterwards.
func (p *process) call(ctx context.Context, limit time.Duration, q *request, pins []*card.PIN) (*answer, error) {
	type result struct {
		a   *answer
		err error
	}
	done := make(chan result, 1)
	go func() {
		a, err := p.exchange(q, pins)
		done <- result{a, err}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r := <-done:
		return r.a, p.settle(r.err)
	case <-timer.C:
		p.kill()
		<-done
		return nil, fmt.Errorf("%s, after %v: %w", q.Op, limit, card.ErrModuleHung)
	case <-ctx.Done():
	}
	timer.Reset(min(grace, limit))
	select {
	case r := <-done:
		return r.a, p.settle(r.err)
	case <-timer.C:
		p.kill()
		<-done
		return nil, fmt.Errorf("%s given up: %w", q.Op, context.Cause(ctx))
	}
}

// settle makes sure that a child which broke off is dead, and tells how it ended.
func (p *process) settle(err error) error {
	if err == nil {
		return nil
	}
	p.kill()
	return fmt.Errorf("%w: %w (%w)", card.ErrModuleCrashed, err, p.how)
}

func (p *process) exchange(q *request, pins []*card.PIN) (*answer, error) {
	if err := writeMessage(p.in, kindRequest, q); err != nil {
		return nil, err
	}
	for _, pin := range pins {
		if err := writeFrame(p.in, kindPIN, pin.Octets()); err != nil {
			return nil, err
		}
	}
	a := new(answer)
	if err := readMessage(p.out, kindAnswer, a); err != nil {
		return nil, err
	}
	return a, nil
}

// secretWords mark variables of the environment that are nobody's business in
// a process with foreign code.
var secretWords = []string{"LANYARD", "PASSWORD", "PASSWD", "SECRET", "TOKEN", "PIN", "PUK", "CREDENTIALS"}

// environment is what a child gets: the parent's, without what sounds like a
// secret, and what the configuration adds. A crash must not show memory.
func environment(own, add []string) []string {
	var env []string
	for _, v := range own {
		name, _, _ := strings.Cut(v, "=")
		words := strings.Split(strings.ToUpper(name), "_")
		if !slices.ContainsFunc(secretWords, func(w string) bool { return slices.Contains(words, w) }) {
			env = append(env, v)
		}
	}
	return append(append(env, "GOTRACEBACK=none"), add...)
}
