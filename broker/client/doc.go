// Package client is the Identity Agent's side of the wire: activate, validate,
// role selection, role assertion, keep alive, logout and the list of places a
// user is signed on in, at the one server that a [Profile] names.
//
// The server's certificate is checked against the profile's anchors, always;
// no redirect is followed and no address in an answer is used unless it is the
// profile's own (scheme, host and port). Every answer has a limit in size and
// time. A ticket travels in a URL where the contract wants it, always encoded,
// and reaches no log and no error text: every failure is an [*Error] with a
// code of the catalogue, and every refusal a [*broker.Refusal].
//
// The package must not know of cards, windows or the agent's state. It starts
// no goroutine of its own; [Client.Close] drops the idle connections. A Client
// is safe for concurrent use.
package client
