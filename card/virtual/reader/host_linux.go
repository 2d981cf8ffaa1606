package reader

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"lanyard/card"
)

// startTime is how long pcscd may take to answer; it takes some 20 ms.
const startTime = 10 * time.Second

// host is the parent's view of the child in the namespaces.
type host struct {
	conn *net.UnixConn // messages to and from the child
	cmd  *exec.Cmd
	tail tail
	done chan struct{}

	mu  sync.Mutex // one request at a time
	seq byte
}

// startHost starts the child and waits until pcscd answers. A user namespace
// needs no rights; where root may make none, root needs none.
func startHost(ctx context.Context, p parts, dir string) (*host, error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	h, err := launch(ctx, p, dir, true)
	if err != nil && os.Geteuid() == 0 && ctx.Err() == nil {
		if h, second := launch(ctx, p, dir, false); second == nil {
			return h, nil
		}
	}
	return h, err
}

func launch(ctx context.Context, p parts, dir string, userNamespace bool) (*host, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket pair: %w", err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "child's end")
	defer theirs.Close()
	conn, err := packetConn(os.NewFile(uintptr(fds[0]), "parent's end"))
	if err != nil {
		return nil, err
	}
	h := &host{conn: conn, done: make(chan struct{})}
	h.cmd = &exec.Cmd{
		Path:       "/proc/self/exe",
		Args:       []string{hostName, p.pcscd, p.driver, dir},
		Env:        []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
		ExtraFiles: []*os.File{theirs},
		Stdout:     &h.tail, Stderr: &h.tail,
		WaitDelay:   time.Second,
		SysProcAttr: namespaces(userNamespace),
	}
	started := make(chan error)
	go h.run(started)
	if err := <-started; err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%w: namespaces cannot be made here (inside a chroot, or forbidden by the system)", err)
	}
	if err := h.ready(ctx); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// namespaces are the child's own: mounts, network and processes, and users
// where asked for. It dies with its parent and hears none of the terminal's
// signals, which are for the parent to act on.
func namespaces(user bool) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
		Setpgid:    true,
	}
	if user {
		a.Cloneflags |= syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	return a
}

// run starts the child and waits for it, on one thread: the kernel ends the
// child when the thread that started it ends. The thread ends with run.
func (h *host) run(started chan<- error) {
	runtime.LockOSThread()
	err := h.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = h.cmd.Wait() // however it ended; why is in the tail
	close(h.done)
}

// ready waits for the child's first message.
func (h *host) ready(ctx context.Context) error {
	_, text, err := h.receive(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("pcscd did not start: %w%s", err, h.tail.say())
	case text != "":
		return fmt.Errorf("pcscd did not start: %s%s", text, h.tail.say())
	}
	return nil
}

// dial gets a connection to the driver.
func (h *host) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*dialTime)
	defer cancel()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seq++
	if _, err := h.conn.Write([]byte{h.seq}); err != nil {
		return nil, fmt.Errorf("%w: %w%s", card.ErrNoService, err, h.tail.say())
	}
	for {
		m, text, err := h.receive(ctx)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w: %w%s", card.ErrNoService, err, h.tail.say())
		case m.seq != h.seq: // of a request that was given up
			m.close()
		case text != "":
			return nil, errors.New(text)
		case m.file == nil:
			return nil, errors.New("no connection in the answer")
		default:
			defer m.close()
			return net.FileConn(m.file)
		}
	}
}

// close ends the child and all that is in its namespaces, and waits.
func (h *host) close() {
	_ = h.conn.Close()
	_ = h.cmd.Process.Kill()
	<-h.done
}

// message is what the child answers: the number of the request, a connection or
// a text that says why there is none.
type message struct {
	seq  byte
	file *os.File
}

func (m message) close() {
	if m.file != nil {
		_ = m.file.Close()
	}
}

func (h *host) receive(ctx context.Context) (m message, text string, err error) {
	if err := h.conn.SetReadDeadline(time.Time{}); err != nil {
		return m, "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = h.conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	buf, oob := make([]byte, maxMessage), make([]byte, unix.CmsgSpace(4))
	n, noob, _, _, err := h.conn.ReadMsgUnix(buf, oob)
	if err != nil || n == 0 {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return m, "", errors.Join(errors.New("the process that runs it is gone or silent"), err)
	}
	m.seq = buf[0]
	if m.file, err = received(oob[:noob]); err != nil {
		return m, "", err
	}
	return m, string(buf[1:n]), nil
}

// received takes a descriptor out of a control message; nil where there is none.
func received(oob []byte) (*os.File, error) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(msgs) == 0 {
		return nil, err
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) == 0 {
		return nil, err
	}
	return os.NewFile(uintptr(fds[0]), "virtual reader"), nil
}

// packetConn makes a connection of an end of a socket pair and takes it over.
func packetConn(f *os.File) (*net.UnixConn, error) {
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("socket pair: %w", err)
	}
	conn, ok := c.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("socket pair is a %T", c), c.Close())
	}
	return conn, nil
}

// tail keeps the end of what a process writes, for error texts.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const maxTail = 1024

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if over := len(t.b) - maxTail; over > 0 {
		t.b = append(t.b[:0], t.b[over:]...)
	}
	return len(p), nil
}

// say returns what was written as the end of an error text.
func (t *tail) say() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if text := strings.TrimSpace(string(t.b)); text != "" {
		return ": it said: " + text
	}
	return ""
}
