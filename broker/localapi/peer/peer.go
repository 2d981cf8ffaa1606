package peer

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"
)

// ErrUnknown means that the operating system does not tell who the peer is.
var ErrUnknown = errors.New("it is not known who is calling")

// Peer is who is at the other end.
type Peer struct {
	User string // user id, a decimal number, or the SID on Windows
	PID  int    // 0 where it is not told: a process of another PID namespace
	Path string // of its program; empty where it may not be read
	Name string // of its program, for people
}

// Client tells who opened a connection that a listener accepted.
func Client(c net.Conn) (Peer, error) { return of(c, client) }

// Server tells who listens at the other end of a connection that was dialled.
func Server(c net.Conn) (Peer, error) { return of(c, server) }

// Mine tells whether the peer is the user this process runs as.
func (p Peer) Mine() bool { return p.User != "" && p.User == Self() }

// end is which end of a connection is asked about.
type end int

const (
	client end = iota
	server
)

// control runs f on the descriptor of a connection.
func control(c net.Conn, f func(fd uintptr) error) error {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return fmt.Errorf("%w: %T is no connection on this machine", ErrUnknown, c)
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = f(fd) }); err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	if inner != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, inner)
	}
	return nil
}

// maxName is how much of a program's name is kept, in octets.
const maxName = 64

// nameOf makes a name for people of a program's path.
func nameOf(path string) string {
	if path == "" {
		return ""
	}
	return tidy(filepath.Base(path))
}

// tidy drops from a name what would spoil a line of text.
func tidy(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == '\ufffd' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	for len(name) > maxName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}
