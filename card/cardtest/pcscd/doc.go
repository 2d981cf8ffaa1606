// Package pcscd is a look-alike of pcscd, the reader service of Unix: a server
// that speaks pcsc-lite's protocol 4:4 on a socket, so that the real
// libpcsclite, and with it every program that uses PC/SC, works on it
// unchanged. It shows on command what the real service cannot: readers that
// are plugged in and out, cards swapped within a microsecond, a chosen return
// value at the n-th command, a service that stops, hangs and comes back, and a
// reader with keys of its own ([Keypad]), which no virtual reader has.
//
// What it answers follows pcsc-lite 1.9.9; a contract test runs one scenario
// on both. It knows nothing of what cards do: a [Card] answers octets.
//
// A Daemon owns one goroutine that accepts clients and one for each client.
// [Daemon.Stop] ends all of them and waits, except for a client that hangs in
// a [Card] or a [Fault]: these end when the test lets them.
//
// libpcsclite reads the socket's path from the environment once in a process:
// set [SocketEnv] in TestMain, before the first call, and start every daemon
// of the test binary on that path.
package pcscd
