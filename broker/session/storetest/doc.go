// Package storetest is the conformance suite of [session.Store]: every store
// passes [Run] on its real engine. Tests alone import it.
package storetest
