// Package broker is the vocabulary of sign-on: people and their role profiles,
// sessions, tickets, challenges, and the refusals of the Identity Server.
//
// It holds types and rules only, talks to nobody and starts no goroutine. The
// agent's side (agent, client, localapi) and the server's side (server,
// session, directory, ca) share it and meet nowhere else but on the wire.
package broker
