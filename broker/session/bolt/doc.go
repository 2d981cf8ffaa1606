// Package bolt keeps session records in one file of the server's own machine,
// by way of go.etcd.io/bbolt: the store a server has when none is configured.
//
// A write that was confirmed is on the disk (fdatasync) and survives a killed
// process and a lost power supply, as far as the disk keeps its word. A write
// that was not confirmed because its caller stopped waiting may have happened
// ([session.ErrOutcomeUnknown]).
//
// One commit costs one flush whatever it holds, so one goroutine takes all
// writes that are waiting and commits them together. [Open] starts that
// goroutine and [Store.Close] stops it and waits for it. Update functions run
// in their caller's goroutine, against the record last confirmed; the writer
// only compares versions.
//
// The file holds one table, in the order in which records expire, so that what
// is written at one moment stands on a page or two. Where a record stands, and
// which are an owner's, is kept in memory (some 200 octets a record) and read
// off the file when it is opened.
//
// The file is locked: a second server on it is refused after a second. It is
// readable by its owner alone, holds no token, and is compacted when it is
// opened and mostly empty.
package bolt
