// Package ca is the small certificate authority: it issues the certificates of
// virtual cards in the profile of the national ones, the certificate of the
// Identity Server, and revocation lists. It serves demo, training and test
// environments, and sites that run a realm of their own.
//
// An authority is a directory that only its owner can read:
//
//	root.key  root.crt       the root
//	issuing.key  issuing.crt the issuing CA below it, where there is one
//	index.json               what was issued and revoked, and the last list's number
//	lock                     held while the index changes
//
// What was issued is in the index, on disk, before the certificate is handed
// out. Several processes may use one directory at a time. The index is written
// anew with every change and takes about 100,000 certificates. Private keys of
// cards never come here: a request brings the public half.
//
// It knows nothing of cards, readers or the wire, starts no goroutine, and an
// [Authority] is safe for concurrent use.
package ca
