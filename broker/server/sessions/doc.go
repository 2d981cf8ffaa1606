// Package sessions answers Lanyard's own question "where am I signed on?" at
// /lanyard/v1/sessions: the live sessions of the ticket's user, and the end of
// one of them. The ticket comes as a bearer token. Nobody sees or ends a
// session of somebody else, and what names a session here is not a ticket.
//
// It starts no goroutine; a [Handler] is safe for concurrent use once it is
// mounted.
package sessions
