// Package login is the sign-on at the Identity Server: activate hands out a
// sealed challenge, validate takes the challenge back signed by a card and
// makes a session, keep alive and logout look after it. The documents and
// their order are those of the Spine Security Broker, which deployed clients
// read with regular expressions.
//
// Activate stores nothing. What validate says about a person is said only after
// the signature of that person's card was verified. The package knows no HTTP
// beyond package exchange, and how certificates are checked and sessions kept
// is not its business. It starts no goroutine; a [Handler] is safe for
// concurrent use once it is mounted.
package login
