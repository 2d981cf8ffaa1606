package virtual

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"
)

// ErrNotInRing means that the keyring answers and holds no device key.
var ErrNotInRing = errors.New("keyring holds no key of this device")

// Ring keeps one secret of this user.
type Ring interface {
	// Get returns the secret, or [ErrNotInRing]. The caller wipes it.
	Get(ctx context.Context) ([]byte, error)
	// Set keeps a secret.
	Set(ctx context.Context, secret []byte) error
}

// Keyring is the keyring of the desktop: Secret Service, macOS Keychain or
// Windows Credential Manager.
type Keyring struct {
	Service, User string        // the names the secret is kept under
	Timeout       time.Duration // of one call; 0 is 5 s
}

const keyringTimeout = 5 * time.Second

// Get returns the secret.
func (k Keyring) Get(ctx context.Context) ([]byte, error) {
	if err := desktopBus(); err != nil {
		return nil, err
	}
	return k.ask(ctx, func() (string, error) { return keyring.Get(k.Service, k.User) })
}

// Set keeps a secret.
func (k Keyring) Set(ctx context.Context, secret []byte) error {
	if err := desktopBus(); err != nil {
		return err
	}
	text := string(secret)
	_, err := k.ask(ctx, func() (string, error) { return "", keyring.Set(k.Service, k.User, text) })
	return err
}

// ask calls the keyring on a goroutine of its own, since a call may wait for
// an unlock dialog for ever and cannot be ended.
func (k Keyring) ask(ctx context.Context, call func() (string, error)) ([]byte, error) {
	limit := k.Timeout
	if limit <= 0 {
		limit = keyringTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("keyring did not answer within %v", limit))
	defer cancel()
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := call()
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		switch {
		case errors.Is(a.err, keyring.ErrNotFound):
			return nil, ErrNotInRing
		case a.err != nil:
			return nil, fmt.Errorf("keyring: %w", a.err)
		}
		return []byte(a.text), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
