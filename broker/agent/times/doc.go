// Package times keeps on this machine how long people wait at the desk, as one
// small histogram for each of the agent's measures: for the people who look
// after the desk. It keeps counts and a date, of nobody in particular, in one
// file that only its owner can read.
//
// It starts no goroutine; a [File] is safe for concurrent use by one process.
package times
