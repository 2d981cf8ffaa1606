package secret

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"
)

// The ways in which a keyring does not do what it is asked.
var (
	// ErrAbsent: the keyring answers and holds no such secret.
	ErrAbsent = errors.New("the keyring holds no such secret")
	// ErrLocked: the keyring waits to be unlocked by its owner.
	ErrLocked = errors.New("the keyring is locked")
	// ErrNone: this desktop has no keyring.
	ErrNone = errors.New("this desktop has no keyring")
)

// patience is how long a keyring may take where nothing else is said. One that
// is open answers within 20 ms; longer is a person at a dialog.
const patience = 3 * time.Second

// maxSecret is the longest secret, in octets.
const maxSecret = 1024

// Service is what secrets are kept under.
const Service = "lanyard"

// Ring is the keyring of the desktop.
type Ring struct {
	patience time.Duration
	turn     chan struct{} // held by the one call that is under way
}

// NewRing makes a ring whose calls are given up after a time; 0 is 3 s.
func NewRing(limit time.Duration) *Ring {
	if limit <= 0 {
		limit = patience
	}
	return &Ring{patience: limit, turn: make(chan struct{}, 1)}
}

// Get returns a secret, which the caller wipes. The errors are [ErrAbsent],
// [ErrLocked] and [ErrNone].
func (r *Ring) Get(ctx context.Context, name string) ([]byte, error) {
	return r.ask(ctx, func() (string, error) { return keyring.Get(Service, name) })
}

// Set keeps a secret, in the place of an older one. The errors are [ErrLocked]
// and [ErrNone]. A keyring that is unlocked later keeps it then.
func (r *Ring) Set(ctx context.Context, name string, value []byte) error {
	if len(value) > maxSecret {
		return fmt.Errorf("a secret has at most %d octets", maxSecret)
	}
	text := string(value)
	_, err := r.ask(ctx, func() (string, error) { return "", keyring.Set(Service, name, text) })
	return err
}

// Delete forgets a secret; one that is not there is forgotten already.
func (r *Ring) Delete(ctx context.Context, name string) error {
	_, err := r.ask(ctx, func() (string, error) { return "", keyring.Delete(Service, name) })
	if errors.Is(err, ErrAbsent) {
		return nil
	}
	return err
}

// ask calls the keyring. One call is under way at a time: a person sees one
// dialog, and a keyring that never answers keeps one goroutine.
func (r *Ring) ask(ctx context.Context, call func() (string, error)) ([]byte, error) {
	if err := reachable(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.patience, ErrLocked)
	defer cancel()
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		defer func() { <-r.turn }()
		text, err := guarded(call)
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		return []byte(a.text), told(a.err)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// guarded calls the keyring's library, which dereferences nil where the bus
// goes away while its dialog is open; a desk must outlive that.
func guarded(call func() (string, error)) (text string, err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%w: the desktop's bus went away", ErrNone)
		}
	}()
	return call()
}

// told gives what a keyring answers one of our names.
func told(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrAbsent
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return ErrNone
	default:
		return reason(err)
	}
}
