// Package rolememory keeps on this machine which roles a person used, how often
// and when last, so that the last choice is offered first. It keeps ids and
// numbers, no names, in one file that only its owner can read.
//
// It starts no goroutine; a [File] is safe for concurrent use by one process.
package rolememory
