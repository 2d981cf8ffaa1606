package exchange

import (
	"errors"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/failure"
	"lanyard/broker/session"
)

// SessionFault turns an error of the sessions into a refusal. A ticket that has
// no live session is SESSION-ENDED, whatever the reason; what is no answer
// about the session is the store's fault.
func SessionFault(err error) error {
	switch {
	case errors.As(err, new(*broker.Refusal)):
		return err
	case Ended(err):
		return Refuse(failure.SessionEnded, err)
	case errors.Is(err, session.ErrLimit):
		return Refuse(failure.SessionLimit, err)
	default:
		return Refuse(failure.StoreDown, err)
	}
}

// Ended tells whether an error says that a ticket has no live session.
func Ended(err error) bool {
	for _, e := range [...]error{session.ErrUnreadable, session.ErrUnknown, session.ErrEnded, session.ErrTimedOut} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// DirectoryFault turns an error of the directory into a refusal. A directory
// that does not answer says nothing about a user.
func DirectoryFault(err error) error {
	if errors.Is(err, directory.ErrUnknown) {
		return Refuse(failure.UserUnknown, err)
	}
	return Refuse(failure.DirectoryDown, err)
}
