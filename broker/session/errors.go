package session

import "errors"

// ErrClosed means that the store was closed; nothing was written.
var ErrClosed = errors.New("session store is closed")
