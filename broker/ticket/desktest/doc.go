// Package desktest is a desk for tests: the real agent with a real card file in
// a drawer, at a server that answers as it is told. Tests alone import it.
//
// [New] starts the agent and ends it with the test.
package desktest
