// Package postgres keeps sessions in PostgreSQL, which several nodes of the
// Identity Server share.
//
// A write is confirmed when PostgreSQL has committed it with synchronous_commit
// on: it survives the loss of every process on the machine at once, and with a
// synchronous standby the loss of the machine. A write whose outcome is not
// known, because the connection broke after it was sent, is repeated until it is
// known: each write carries an id of its own that the row keeps, so that one
// that took effect is recognised and never takes effect twice.
//
// The package knows records, not sessions. It starts no goroutine of its own;
// those of the connection pool end with [Store.Close].
package postgres
