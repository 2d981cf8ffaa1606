package localapi

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows"

	"lanyard/broker/localapi/peer"
)

// Address is where the agent of this user listens when nothing else is set. A
// user may be at work in several desktop sessions of one server, each with its
// own card and agent.
func Address() (string, error) {
	sid := peer.Self()
	if sid == "" {
		return "", errors.New("no name for the agent's pipe: the user's SID cannot be read")
	}
	var session uint32
	if err := windows.ProcessIdToSessionId(windows.GetCurrentProcessId(), &session); err != nil {
		return "", fmt.Errorf("no name for the agent's pipe: %w", err)
	}
	return fmt.Sprintf(`\\.\pipe\lanyard-agent-%s-%d`, sid, session), nil
}
