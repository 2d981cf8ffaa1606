package session

import (
	"context"
	"errors"
	"time"

	"lanyard/broker"
)

// The answers that are not a live session.
var (
	// ErrUnreadable: the token is not one of ours (form or seal).
	ErrUnreadable = errors.New("token is not one of this server's")
	// ErrUnknown: ours once, and no longer remembered.
	ErrUnknown = errors.New("no such session")
	// ErrEnded: logged out or ended.
	ErrEnded = errors.New("session has ended")
	// ErrTimedOut: idle, unused or maximum time passed, and still remembered.
	ErrTimedOut = errors.New("session timed out")
	// ErrLimit: policy refuses one more session of this user.
	ErrLimit = errors.New("user has too many sessions")

	// ErrExists: a record of this key exists already (Store.Create).
	ErrExists = errors.New("record exists")
	// ErrNotFound: a record of this key does not exist.
	ErrNotFound = errors.New("record not found")
	// ErrOutcomeUnknown: the write may or may not have happened.
	ErrOutcomeUnknown = errors.New("outcome of the write is not known")
)

// EndReason is why a session is over.
type EndReason int

// The reasons; zero is a live session.
const (
	Live EndReason = iota
	IdleTimeout
	UnusedTimeout // no request used it since validate; told to clients as idle
	MaxTimeout
	LoggedOut
	Destroyed // ended from elsewhere: another place, an administrator, the limit
)

// Session is a user's session as the server keeps it. Its ID is not a ticket.
type Session struct {
	ID         string // random, hex; safe to show and log
	UID        broker.UID
	Role       broker.RoleProfileID // empty until one is selected
	Mode       broker.SSBMode
	AuthTime   time.Time // the card's signature
	Created    time.Time
	LastUsed   time.Time // zero until a request used it
	IdleAfter  time.Duration
	MaxAfter   time.Duration
	UnusedFor  time.Duration // how long it may stay without its first use
	CertSHA256 string        // hex fingerprint of the certificate that signed on
	Device     string        // device_id of the client, for "where am I signed on"
	Client     string        // User-Agent, shortened
	End        EndReason
	EndedAt    time.Time
	// Settled: no node serves the ended session any more. Of no meaning where
	// there is one node.
	Settled bool `json:",omitempty"`

	// What clients set and who is told, see [Service.SetProperties] and
	// [Service.Listen]. Neither is ever changed in place.
	Properties map[string]string `json:",omitempty"`
	Listeners  []Listener        `json:",omitempty"`
}

// Record is what a store keeps under one key.
type Record struct {
	Key     string
	Version uint64    // set by the store: 1 at Create, one more at each Update
	Expires time.Time // the store may forget the record after this time
	Owner   string    // index for ByOwner: the uid; empty for none
	Data    []byte
}

// Store keeps records. It has one conformance suite, storetest. Ended is a
// state, never a deletion; records go when they have expired.
type Store interface {
	// Create has one winner; the others get ErrExists.
	Create(ctx context.Context, r Record) error
	// Get returns ErrNotFound where there is no unexpired record.
	Get(ctx context.Context, key string) (Record, error)
	// Update is a compare-and-swap: fn may run more than once and must have no
	// effects; an error from fn is returned and nothing is written.
	Update(ctx context.Context, key string, fn func(Record) (Record, error)) (Record, error)
	// ByOwner returns all unexpired records of an owner, in no order.
	ByOwner(ctx context.Context, owner string) ([]Record, error)
	Close() error
}

// Touch says whether a lookup counts as a use of the session.
type Touch bool

// The two kinds of lookups.
const (
	Peek Touch = false
	Use  Touch = true
)
