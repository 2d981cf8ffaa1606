// Package ticket decides who may have a ticket, for what, and from which
// session: the caller is named by the operating system, not by itself; the
// ticket is the one of the session at this desk; and each application that
// takes one is noted where the user sees it, before the ticket is handed over.
//
// It waits for a sign-on where the caller allows the user to be asked, and
// tells what ended the wait by its code. It knows the agent as a desk and as a
// source of tickets; it knows no socket, no card and no wire. It starts no
// goroutine: [Provider.Get] waits in its caller's, until the context ends.
package ticket
