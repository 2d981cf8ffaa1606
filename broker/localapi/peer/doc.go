// Package peer tells who is at the other end of a connection on this machine:
// which user, which process, which program. It asks the operating system
// (SO_PEERCRED on Linux, LOCAL_PEERCRED on macOS, the token of the process at
// the other end of the pipe on Windows) and never the peer itself.
//
// User and process are facts. The program is a label for consent and audit and
// no proof: a process may run another program after it connected, and an
// interpreter (java, python) names nobody.
//
// The package starts no goroutine and knows no protocol.
package peer
