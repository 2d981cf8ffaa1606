// Package nodetest runs several nodes over one shared store, under load and
// with faults, and has porcupine check what callers were told: a session that
// one node has ended, or refused, is served by none. Tests alone import it.
//
// Run starts the nodes and the callers and waits for all of them.
package nodetest
