// Package clienttest is the far end of the wire for tests of the agent's side:
// a TLS server that speaks the login contract, in both known layouts, and
// misbehaves on command in the ways that a real server will not show. The real
// server is tested against the real agent in test/path.
//
// Only tests import it. The server's goroutines end with the test.
package clienttest
