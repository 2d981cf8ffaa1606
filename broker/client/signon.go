package client

import (
	"crypto"
	"net/url"
	"time"

	"lanyard/broker"
)

// Activation is the server's challenge and what must come back with it.
type Activation struct {
	Challenge []byte        // the decoded octets, broker.ChallengeSize of them
	Digests   []crypto.Hash // what the server takes, the preferred one first

	text      string // as the server wrote it
	signature string // the server's own, over its challenge
	logID     string // log_session_id
	reply     *url.URL
}

// Role is one role profile as the validate answer offers it.
type Role struct {
	ID      broker.RoleProfileID
	OrgCode string // empty in the second layout of the answer
	OrgName string
	JobRole string // `"Type":"Sub type":"Role name"`
}

// SignOn is what the server gave for a signed challenge: a session.
type SignOn struct {
	Ticket    broker.Ticket
	UID       broker.UID
	CN        string // "Surname Given"
	Roles     []Role // in the server's order
	Idle      time.Duration
	Max       time.Duration
	KeepAlive bool // the server wants to be told that the session is in use

	Session *url.URL // where to keep it alive, the profile's own
	Logout  *url.URL // where to end it, the profile's own
	LogID   string   // log_session_id
}
