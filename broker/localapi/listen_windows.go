package localapi

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"

	"lanyard/broker/localapi/peer"
)

// pipeBuffer is the size of the pipe's buffers, in octets.
const pipeBuffer = 16 << 10

// Listen makes the agent's named pipe, which this user alone may open. The
// error is [ErrInUse] where a pipe of this name exists.
func Listen(_ context.Context, address string) (net.Listener, error) {
	l, err := winio.ListenPipe(address, &winio.PipeConfig{
		SecurityDescriptor: descriptor(peer.Self()),
		InputBufferSize:    pipeBuffer,
		OutputBufferSize:   pipeBuffer,
	})
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil, fmt.Errorf("agent's pipe %s: %w", address, ErrInUse)
	}
	if err != nil {
		return nil, fmt.Errorf("agent's pipe: %w", err)
	}
	return l, nil
}

// descriptor lets one user do everything and nobody else anything; P keeps
// inherited rights out.
func descriptor(sid string) string { return "D:P(A;;GA;;;" + sid + ")" }

func dial(ctx context.Context, address string) (net.Conn, error) {
	return winio.DialPipeContext(ctx, address) // anonymous: the server cannot act as the caller
}
