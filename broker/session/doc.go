// Package session keeps the sessions of users at the Identity Server: opaque
// tokens in the shape clients know, sealed so that a forged one is refused
// without a lookup; idle, unused and maximum time; ends that never come back.
//
// [Service] is what the server calls, from many goroutines; [Store] is what it
// keeps its records in, with one implementation in each folder below and one
// conformance suite, storetest. It knows nothing of HTTP, certificates or the
// directory: who may have a session was decided before [Service.Create].
//
// # Tokens
//
// A token is a session's random id sealed with AES-256-GCM under a key that
// only this site holds. The store never sees a token, and an id is no token:
// it may be shown and logged. See [Keys] for rotation.
//
// # Memory and store
//
// Lookups are answered from memory; the store is read on a miss. Over the
// embedded store this is right because one Service is its only writer, which a
// lock on the file enforces. Over a [Shared] store it is right while a lease
// lasts, and whoever ends a session waits for the other nodes:
// docs/several-nodes.md has all of it, and what follows is of one node. Creation, role selection and ends are
// in the store before they are confirmed. Uses are coalesced: the first use of
// a session and then at most one a minute is written, the rest is kept in
// memory and written by [Service.Close]. So after a crash a session may seem up
// to a minute ([TouchEvery]) less recently used than it was, and end for
// idleness up to a minute early; it never ends late, and a planned restart
// loses nothing.
//
// An end is a state and never a deletion. Ended sessions are remembered until
// their maximum time and [Times.Remember] have passed; no late write revives
// one, because every write is a compare-and-swap that never creates.
//
// # Properties and listeners
//
// Clients may keep properties with a session, and addresses that want to be told
// of its end; see [Service.SetProperties] and [Service.Listen]. A listener knows
// the session by its ticket, which the store must not see: an [Imprint] is kept,
// of which only the site's key makes the ticket again. The service tells
// whoever runs it ([Config.Changed]); it posts nothing.
//
// # Goroutines
//
// The package starts none. Whoever runs the server calls [Service.Run] in a
// goroutine of its own: it waits on one timer, set to when the next record
// expires, and forgets what has expired. Time-outs do not depend on it: they
// are found when a session is looked at. Over a shared store it also runs five
// goroutines: leases, messages, acknowledgements, what has expired, and ends
// that could not be confirmed; all end with it, and it withdraws the lease.
package session
