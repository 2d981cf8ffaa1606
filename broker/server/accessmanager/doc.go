// Package accessmanager answers applications that ask about sessions in the
// protocol of the Access Manager family: naming and session service (PLL), the
// identity and JSON forms, and the SAML receiver over SOAP. It is what their
// client libraries depend on, so texts, orders and attributes are to the letter.
//
// An answer repeats a ticket exactly as the client spelt it, because clients
// search for their own text. Nothing here counts as a use of a session but
// GetSession with reset="true" and the JSON action refresh.
//
// A [Handler] is safe for concurrent use once it is mounted and starts no
// goroutine. [Listeners.Run] owns one, which finds sessions that time out while
// somebody wants to be told.
package accessmanager
