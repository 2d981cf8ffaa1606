// Package card is the vocabulary of smartcards: names of readers and cards, the
// events of a card's coming and going, what a card can do ([Token], [Key]), the
// PIN as a value that wipes itself, and the errors by which callers tell the
// ways of failing apart.
//
// It holds types and rules only. It talks to no reader and starts no goroutine,
// and it imports nothing else of this module: the packages below it (pcsc, piv,
// pkcs11, virtual) and everything above it share it.
package card
