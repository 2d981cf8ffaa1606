//go:build !unix || darwin

package secret

import "fmt"

// reachable: here the keyring is part of the system.
func reachable() error { return nil }

func reason(err error) error { return fmt.Errorf("keyring: %w", err) }
