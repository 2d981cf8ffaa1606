// Package redis keeps sessions in Redis, which several nodes of the Identity
// Server share: one server, one behind Sentinel, or a Redis Cluster. It wants
// Redis 7.0 or later.
//
// # What a confirmed write survives
//
// A write is confirmed when the master has it and as many replicas as
// [Options.Confirmations] says have told the master that they do (WAIT, on the
// connection that wrote). None is enough for one server only, where there is
// nothing to fail over to; Sentinel and a cluster take one at least.
//
//   - Every Redis process killed at once: with "appendfsync always" nothing is
//     lost. With "everysec" nothing is lost either as long as the disk keeps up:
//     while it does not, Redis puts off writing its log for up to two seconds.
//   - Loss of power, or of the machine: with "always" nothing is lost that the
//     disk kept. With "everysec" one server may lose two seconds; a write with
//     confirmations is lost only when the master and all that confirmed it lose
//     power within that time.
//   - A failover: nothing is lost that the replica had confirmed which is
//     promoted.
//
// Never promised: a write where several replicas stand by and one is promoted
// that had not confirmed it (let all of them confirm); fresh reads from a master
// that was cut off and does not know it yet, which takes the cluster's node
// timeout; a write whose slot moves to another shard, until a replica of that
// shard has it too; anything where a master starts with an empty disk before its
// replica took over, which empties the replica, or where the clock of Redis is
// set forward by more than a minute.
//
// While a shard has fewer replicas than have to confirm, nothing is confirmed
// there: writers wait until a replica is back. A shard that is to go on after
// it lost its master needs one replica more than Confirmations.
//
// [Open] refuses a Redis that evicts keys or keeps nothing on disk: it would
// lose what was confirmed without any fault.
//
// # Writes whose outcome is not known
//
// An answer that did not come, and a write that too few replicas have confirmed,
// are repeated until they are known or the caller's context ends
// ([session.ErrOutcomeUnknown]). Each write has an id, which the record keeps.
// A repeated one that finds its own id took effect before and does so no second
// time, but writes the id again: WAIT covers what its own connection wrote.
//
// A change swaps against the id of the write it was based on, and not against
// the version: after a failover that lost unconfirmed writes, another record may
// stand there under the same version. A change whose answer was lost, and which
// others have built upon before it was repeated, is not recognised; its function
// runs again, on what is there now.
//
// # Expiry and owners
//
// The store's own clock decides what has expired. Redis removes a record by
// itself a minute later, which allows for the clocks of nodes to differ.
//
// The keys of an owner's records are in a sorted set under the owner, by
// expiry. It lies in a slot of its own and is written, and confirmed, before the
// record: it may name records that do not exist or are another's, and never
// lacks one. Reads go by the records.
//
// The package knows records, not sessions. It starts no goroutine of its own;
// those of the client end with [Store.Close]. The client's own log, which is one
// for the process, is off: everything it would say is in an error.
package redis
