// Package server is the Identity Server of the Spine Security Broker contract:
// it signs people on with the answers of their cards, keeps their sessions, and
// tells applications who holds a ticket and in which role. The folders below
// are its rooms, login, role, assertion and sessions, each of which mounts its
// own routes; exchange is how a request becomes an answer.
//
// A [Server] is made of configuration and of what stands behind it, a directory
// and a session store; it opens and closes neither. It never meets the Identity
// Agent but on the wire. [Server.Run] owns all goroutines and returns when they
// have ended.
package server
