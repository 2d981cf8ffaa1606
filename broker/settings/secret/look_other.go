//go:build !unix || darwin

package secret

import (
	"context"
	"errors"
)

// Look tells how a secret does.
func (r *Ring) Look(ctx context.Context, name string) State {
	value, err := r.Get(ctx, name)
	clear(value)
	switch {
	case err == nil:
		return Kept
	case errors.Is(err, ErrAbsent):
		return Absent
	case errors.Is(err, ErrLocked):
		return Locked
	default:
		return None
	}
}
