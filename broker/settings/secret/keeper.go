package secret

import (
	"bytes"
	"context"
	"errors"
	"sync"
)

// Keeper keeps secrets in a ring, and those of a desktop without one in memory
// until it is closed. It is safe for concurrent use.
type Keeper struct {
	ring *Ring

	mu   sync.Mutex
	held map[string][]byte
}

// NewKeeper makes a keeper over a ring.
func NewKeeper(r *Ring) *Keeper { return &Keeper{ring: r, held: make(map[string][]byte)} }

// Get returns a secret, which the caller wipes. Errors are those of [Ring.Get].
func (k *Keeper) Get(ctx context.Context, name string) ([]byte, error) {
	k.mu.Lock()
	held, ok := k.held[name]
	value := bytes.Clone(held)
	k.mu.Unlock()
	if ok {
		return value, nil
	}
	return k.ring.Get(ctx, name)
}

// Set keeps a secret: in the ring, and in memory only where there is none,
// which is no error. It does not keep the value itself.
func (k *Keeper) Set(ctx context.Context, name string, value []byte) error {
	err := k.ring.Set(ctx, name, value)
	switch {
	case errors.Is(err, ErrNone):
		k.hold(name, bytes.Clone(value))
		return nil
	case err == nil:
		k.hold(name, nil)
	}
	return err
}

// Delete forgets a secret wherever it is.
func (k *Keeper) Delete(ctx context.Context, name string) error {
	k.hold(name, nil)
	if err := k.ring.Delete(ctx, name); !errors.Is(err, ErrNone) {
		return err
	}
	return nil
}

// Look tells how a secret does. It opens no dialog.
func (k *Keeper) Look(ctx context.Context, name string) State {
	k.mu.Lock()
	_, held := k.held[name]
	k.mu.Unlock()
	if held {
		return Held
	}
	return k.ring.Look(ctx, name)
}

// Close wipes what is held in memory.
func (k *Keeper) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for name, value := range k.held {
		clear(value)
		delete(k.held, name)
	}
}

// hold holds a value of which nobody else has the array; nil forgets.
func (k *Keeper) hold(name string, value []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.held[name])
	delete(k.held, name)
	if value != nil {
		k.held[name] = value
	}
}
