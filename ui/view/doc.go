// Package view decides what a person is shown: snapshots of the agent in,
// plain values with words out. It knows no toolkit and draws nothing, so that
// the terminal, the window and tests show the same thing and tests reach it
// without any of them. It has no state and starts no goroutine.
package view
