// Package directory is what the Identity Server asks about people: one
// interface with two implementations below it (ldif, ldapdir), both held to the
// suite in directorytest. It is called from many goroutines.
package directory

import (
	"context"
	"errors"

	"lanyard/broker"
)

// The answers of a directory that are not a person.
var (
	// ErrUnknown: the directory answered, and nobody has this id.
	ErrUnknown = errors.New("user is not in the directory")
	// ErrDown: the directory did not answer; it says nothing about the user.
	ErrDown = errors.New("directory does not answer")
)

// Directory knows people and their role profiles.
type Directory interface {
	// User returns a person with all roles, open or not. What it returns is the
	// caller's only to read.
	User(ctx context.Context, uid broker.UID) (*broker.User, error)
}
