package reader

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// hostName is what the child is called, by which it knows what it is.
const hostName = "lanyard-virtual-reader"

// maxMessage bounds a message between child and parent, in octets.
const maxMessage = 2048

// dialTime is how long the driver may take to accept a card.
const dialTime = 4 * time.Second

// Main is the child of [Start]. It must be called first in main, and in TestMain
// of tests that start a reader. In every other process it returns at once; in
// the child it never does.
func Main() {
	if len(os.Args) != 4 || os.Args[0] != hostName {
		return
	}
	conn, err := packetConn(os.NewFile(3, "parent"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := run(conn, parts{pcscd: os.Args[1], driver: os.Args[2]}, os.Args[3]); err != nil {
		_ = answer(conn, 0, err)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0) // the first process of its namespace: pcscd ends with it
}

// run is the child's life: it ends with the parent's end of the connection.
func run(conn *net.UnixConn, p parts, dir string) error {
	if err := furnish(p, dir); err != nil {
		return err
	}
	if err := loopback(); err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	notify, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return fmt.Errorf("inotify: %w", err)
	}
	if _, err := unix.InotifyAddWatch(notify, systemDir, unix.IN_CREATE|unix.IN_ATTRIB); err != nil {
		return fmt.Errorf("inotify: %w", err)
	}
	pcscd := exec.Command(p.pcscd, "--foreground", "-c", filepath.Join(systemDir, confName))
	pcscd.Stdout, pcscd.Stderr = os.Stdout, os.Stderr
	if err := pcscd.Start(); err != nil {
		return err
	}
	go func() {
		err := pcscd.Wait()
		fmt.Fprintln(os.Stderr, "pcscd ended:", err)
		os.Exit(1)
	}()
	if err := accepting(notify); err != nil {
		return err
	}
	if err := answer(conn, 0, nil); err != nil {
		return err
	}
	return serve(conn)
}

// furnish makes the mounts: our directory in the place of the system's, the
// driver in it, and nothing where drivers of real readers are. It changes
// nothing outside its namespace, so a directory that is missing there is made in
// a file system of its own.
func furnish(p parts, dir string) error {
	// Held open: mounting over /run may hide it.
	held, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	defer unix.Close(held)
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if _, err := os.Stat(systemDir); errors.Is(err, os.ErrNotExist) {
		if err := unix.Mount("none", filepath.Dir(systemDir), "tmpfs", 0, "mode=755"); err != nil {
			return fmt.Errorf("mount over %s: %w", filepath.Dir(systemDir), err)
		}
		if err := os.Mkdir(systemDir, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount(fmt.Sprintf("/proc/self/fd/%d", held), systemDir, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount over %s: %w", systemDir, err)
	}
	if err := unix.Mount(p.driver, filepath.Join(systemDir, driverName), "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount driver: %w", err)
	}
	if _, err := os.Stat(driversDir); err != nil {
		return nil // nothing to hide
	}
	if err := unix.Mount("none", driversDir, "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount over %s: %w", driversDir, err)
	}
	return nil
}

// loopback switches the one network interface there is on.
func loopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req)
}

// accepting waits until pcscd accepts on its socket. It makes the socket,
// listens and then opens its rights to all: each is an event in the directory.
func accepting(notify int) error {
	defer unix.Close(notify)
	path := filepath.Join(systemDir, socketName)
	buf := make([]byte, 4096)
	for {
		if c, err := net.Dial("unix", path); err == nil {
			return c.Close()
		}
		if _, err := unix.Read(notify, buf); err != nil && !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("inotify: %w", err)
		}
	}
}

// serve connects to the driver for each request, until the parent is gone.
func serve(conn *net.UnixConn) error {
	buf := make([]byte, 16)
	for {
		n, err := conn.Read(buf)
		if n == 0 || errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := connect(conn, buf[0]); err != nil {
			return err
		}
	}
}

// connect answers one request with a connection to the driver.
func connect(conn *net.UnixConn, seq byte) error {
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), dialTime)
	if err != nil {
		return answer(conn, seq, fmt.Errorf("the driver takes no card: %w", err))
	}
	defer c.Close()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return err
	}
	var sent error
	if err := raw.Control(func(fd uintptr) {
		_, _, sent = conn.WriteMsgUnix([]byte{seq}, unix.UnixRights(int(fd)), nil)
	}); err != nil {
		return err
	}
	return sent
}

// answer sends that a request was met, or why not.
func answer(conn *net.UnixConn, seq byte, why error) error {
	m := []byte{seq}
	if why != nil {
		m = append(m, why.Error()...)
	}
	_, err := conn.Write(m[:min(len(m), maxMessage)])
	return err
}
