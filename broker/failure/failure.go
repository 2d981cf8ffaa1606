// Package failure is the catalogue of everything that goes wrong for a person
// or a program: a code, plain words, one next step, who acts, and the code
// that help desks already know where there is one. docs/failures.md is drawn
// from it.
//
// It maps nothing to "unknown" or "cancelled" unless that is the truth.
package failure

//go:generate go test . -run TestDocument -update

// Code names a failure for people, logs and programs. Codes never change.
type Code string

// Actor is who takes the next step.
type Actor int

// The actors.
const (
	You       Actor = iota + 1 // the person at the desk
	LocalIT                    // the hospital's IT
	RA                         // the Registration Authority
	National                   // the national service or whoever runs the server
	Developer                  // whoever wrote the calling program
)

// String names the actor in plain words.
func (a Actor) String() string {
	switch a {
	case You:
		return "you"
	case LocalIT:
		return "local IT"
	case RA:
		return "your Registration Authority"
	case National:
		return "the service that runs the server"
	case Developer:
		return "the maker of the calling program"
	default:
		return "nobody"
	}
}

// Entry is one failure of the catalogue.
type Entry struct {
	Code   Code
	Text   string // plain words: what is so
	Next   string // one next step
	Actor  Actor
	Known  string // the code users of the old service know, or empty
	Status int    // HTTP status where the server says it, else 0
	Phrase string // what deployed clients search the body for, else empty
	Ticket string // status name of the Ticket API, without TCK_API_ERR_
}
