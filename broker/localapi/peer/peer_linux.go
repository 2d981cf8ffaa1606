package peer

import (
	"net"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// of asks for the credentials the kernel noted when the connection was made.
// Both ends are asked in the same way.
func of(c net.Conn, _ end) (Peer, error) {
	var p Peer
	err := control(c, func(fd uintptr) error {
		cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err != nil {
			return err
		}
		p = Peer{User: strconv.FormatUint(uint64(cred.Uid), 10), PID: int(cred.Pid)}
		if p.PID != 0 {
			p.Path, p.Name = program(int(fd), p.PID)
		}
		return nil
	})
	return p, err
}

// program names the program of a process. The process is held by a descriptor
// while it is asked, so that another one of the same number is not taken for
// it.
func program(sock, pid int) (path, name string) {
	held, err := hold(sock, pid)
	if err != nil {
		return "", ""
	}
	defer func() { _ = unix.Close(held) }()
	dir := "/proc/" + strconv.Itoa(pid)
	path, err = os.Readlink(dir + "/exe")
	name = nameOf(strings.TrimSuffix(path, " (deleted)")) // replaced by an update
	if err != nil {                                       // not for us to read: the name it gave itself
		path = ""
		comm, err := os.ReadFile(dir + "/comm")
		if err != nil {
			return "", ""
		}
		name = tidy(string(comm))
	}
	if unix.PidfdSendSignal(held, 0, nil, 0) != nil {
		return "", ""
	}
	return path, name
}

// hold opens a descriptor of the process that made the connection, where the
// kernel can (Linux 6.5), else of the process that has its number now.
func hold(sock, pid int) (int, error) {
	if fd, err := unix.GetsockoptInt(sock, unix.SOL_SOCKET, unix.SO_PEERPIDFD); err == nil {
		return fd, nil
	}
	return unix.PidfdOpen(pid, 0)
}
