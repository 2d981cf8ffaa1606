// Package realmtest is everything on the far side of a desk, for end-to-end
// tests: a demo CA, the demo's directory, a session store in a file and the
// Identity Server on loopback TLS, all of them the real ones. A test puts its
// own agent, cards and readers in front of it.
package realmtest
