package localapi

import "errors"

var (
	// ErrInUse: another agent of this user listens there already.
	ErrInUse = errors.New("another agent of this user is running")
	// ErrUnsafe: others could put a socket of theirs in place of the agent's.
	ErrUnsafe = errors.New("not a safe place for the agent's socket")
)
