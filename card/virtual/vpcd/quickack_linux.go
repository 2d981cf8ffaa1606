package vpcd

import (
	"net"

	"golang.org/x/sys/unix"
)

// quickAck makes the kernel acknowledge what comes next at once. It is nothing
// on a connection that is not TCP.
func quickAck(conn net.Conn) error {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	// The setting only saves time: where it is refused, answers are late.
	return raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1) })
}
