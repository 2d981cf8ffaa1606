package session

import "errors"

// ErrClosed: the store was closed; nothing was written.
var ErrClosed = errors.New("session store is closed")
