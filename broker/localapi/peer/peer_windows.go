package peer

import (
	"fmt"
	"net"

	"golang.org/x/sys/windows"
)

// of asks for the process at the other end of a named pipe, and for the user of
// its token. Who may open the pipe at all is guarded by its security
// descriptor; this is the second lock.
func of(c net.Conn, e end) (Peer, error) {
	pipe, ok := c.(interface{ Fd() uintptr })
	if !ok {
		return Peer{}, fmt.Errorf("%w: %T is no named pipe", ErrUnknown, c)
	}
	ask := windows.GetNamedPipeClientProcessId
	if e == server {
		ask = windows.GetNamedPipeServerProcessId
	}
	var pid uint32
	if err := ask(windows.Handle(pipe.Fd()), &pid); err != nil {
		return Peer{}, fmt.Errorf("%w: process of the pipe: %w", ErrUnknown, err)
	}
	p, err := process(pid)
	if err != nil {
		return Peer{}, fmt.Errorf("%w: process %d: %w", ErrUnknown, pid, err)
	}
	return p, nil
}

func process(pid uint32) (Peer, error) {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return Peer{}, err
	}
	defer func() { _ = windows.CloseHandle(h) }()
	var token windows.Token
	if err := windows.OpenProcessToken(h, windows.TOKEN_QUERY, &token); err != nil {
		return Peer{}, err
	}
	defer func() { _ = token.Close() }()
	user, err := token.GetTokenUser()
	if err != nil {
		return Peer{}, err
	}
	p := Peer{User: user.User.Sid.String(), PID: int(pid)}
	path := make([]uint16, windows.MAX_LONG_PATH)
	n := uint32(len(path))
	if err := windows.QueryFullProcessImageName(h, 0, &path[0], &n); err == nil {
		p.Path = windows.UTF16ToString(path[:n])
		p.Name = nameOf(p.Path)
	}
	return p, nil
}

// Self is the user this process runs as, empty where its token cannot be read.
func Self() string {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return ""
	}
	return user.User.Sid.String()
}
