package session

import (
	"context"
	"hash/crc32"
	"time"
)

// Groups is into how many groups the keys of a shared store fall. Numbers,
// logs and leases are each group's own, so that a store may keep groups on
// different servers.
const Groups = 16

// GroupOf returns the group of a key.
func GroupOf(key string) int { return int(crc32.ChecksumIEEE([]byte(key)) % Groups) }

// LeaseFor is how long a node serves a group from memory after it sent the
// renewal that the store confirmed last; see docs/several-nodes.md.
const LeaseFor = 2 * time.Second

// LogKept is how many of a group's last changes a store remembers at least.
const LogKept = 1024

// Shared is a store that several nodes write. Beside records it keeps, for each
// group, the number of its last change, a log of the changes before it, and the
// leases of nodes. What a method returns without an error was confirmed: it is
// not lost by the faults that the store withstands. The suite is
// storetest.RunShared.
type Shared interface {
	Store

	// Read is Get, with the number of the last change of the key's group at that
	// moment. Every change up to that number is in what was read.
	Read(ctx context.Context, key string) (Record, uint64, error)

	// Change is Update that is numbered: with the swap, in one atomic step, the
	// group's number goes up by one, the log gets an entry, and the leases of
	// other nodes are listed. No renewal falls between the two: one before is in
	// the list, one after tells of the change. Other nodes that listen are told.
	// A change whose outcome is unknown is repeated until it is known, and takes
	// effect once.
	Change(ctx context.Context, key string, from Asker, fn func(Record) (Record, error)) (Changed, error)

	// Renew sets a node's lease of groups and tells what changed in each. What
	// was not confirmed is not returned, so that there may be renewals beside an
	// error. It is asked once: it does not repeat by itself.
	Renew(ctx context.Context, lease Lease, since []Since) ([]Renewed, error)

	// Withdraw removes a lease that is still at its renewal.
	Withdraw(ctx context.Context, lease Lease) error

	// Listen passes on what other nodes send, until ctx ends or the connection
	// breaks; it always returns an error. heard must not block. Messages may
	// get lost, come twice and in any order.
	Listen(ctx context.Context, node string, heard func(Message)) error

	// Acknowledge sends acknowledgements of a node. They may get lost.
	Acknowledge(ctx context.Context, node string, acks []Asker) error
}

// Asker is who waits for acknowledgements of a change.
type Asker struct {
	Node string
	Ask  uint64 // the node's own number for it
}

// Changed is what [Shared.Change] did.
type Changed struct {
	Record Record
	Number uint64  // of the change in its group
	Leases []Lease // of other nodes in the group
	// Unlisted is how long, from now, a node that is not listed may still serve
	// from memory: more than 0 where the list may have been lost.
	Unlisted time.Duration
}

// Lease is a node's right to serve from memory. It says nothing of time: who
// reads it measures how long it has stood unchanged.
type Lease struct {
	Node    string
	Renewal uint64 // one more at each renewal that was sent
}

// Since is up to which change a node knows a group.
type Since struct {
	Group  int
	Number uint64
}

// Renewed is what a node is told about a group when its lease was renewed.
type Renewed struct {
	Group  int
	Number uint64 // of the last change
	// Changes are those above the number that the node knew, in order, and whole:
	// fewer than the numbers say mean that the log does not reach back so far.
	Changes []Change
	Leases  []Lease // of other nodes
}

// Change is an entry of a group's log.
type Change struct {
	Number uint64
	Key    string
}

// Message is what one node tells another: that a key has changed, or, without
// a key, that it has acknowledged. Messages only hasten.
type Message struct {
	From   Asker  // who changed it; who asked
	By     string // who acknowledges
	Group  int
	Number uint64
	Key    string
}
