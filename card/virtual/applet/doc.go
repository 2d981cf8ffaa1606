// Package applet is a PIV card (NIST SP 800-73-4) in software: it reads command
// APDUs and gives the answers a real card would give, so that card middleware
// and any PKCS#11 program can use it as they use a plastic one.
//
// It owns the card's edge: parsing, command chaining, response chaining, the
// data objects and when a PIN is wanted. The keys, the tries and where they are
// kept belong to a [Backend]. How octets get to it (a virtual reader, a call in
// the same process) is not its business.
//
// It starts no goroutine.
package applet
