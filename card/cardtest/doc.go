// Package cardtest holds what tests of cards share: the conformance suite that
// every kind of [card.Token] passes ([Run]), and a tiny CA whose certificates
// have the form of the national cards ([NewIssuer]).
//
// Only tests import it. It knows the vocabulary of package card and no kind of
// card; a kind describes itself in a [Harness]. It starts goroutines only
// inside a running test and waits for them before the test ends.
package cardtest
