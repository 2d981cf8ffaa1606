package peer

import (
	"bytes"
	"net"
	"strconv"

	"golang.org/x/sys/unix"
)

// of asks for the credentials the kernel noted when the connection was made.
// Both ends are asked in the same way.
func of(c net.Conn, _ end) (Peer, error) {
	var p Peer
	err := control(c, func(fd uintptr) error {
		cred, err := unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
		if err != nil {
			return err
		}
		p.User = strconv.FormatUint(uint64(cred.Uid), 10)
		if pid, err := unix.GetsockoptInt(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERPID); err == nil {
			p.PID = pid
			p.Path = program(pid)
			p.Name = nameOf(p.Path)
		}
		return nil
	})
	return p, err
}

// program reads the path of a process's program: it stands behind the number
// of arguments, which has 4 octets, and ends in NUL.
func program(pid int) string {
	b, err := unix.SysctlRaw("kern.procargs2", pid)
	if err != nil || len(b) < 4 {
		return ""
	}
	path, _, _ := bytes.Cut(b[4:], []byte{0})
	return string(path)
}
