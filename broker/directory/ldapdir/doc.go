// Package ldapdir is the directory over LDAP: the tree that package sds knows,
// in a server that somebody else runs.
//
// One lookup is one search of the person's subtree, and one for the names of
// organisations where roles lack them. Answers are kept for a time that is
// configured ([Config.Fresh]): for so long a change in the directory may not
// be seen here, a person's closing included. Several callers who ask for the
// same person wait for one lookup.
//
// A directory that does not answer is told apart from one that does not know a
// person: [directory.ErrDown] and [directory.ErrUnknown]. An answer that the
// server cut off is none. After a failed attempt the next waits, longer each
// time up to 5 seconds, or up to a minute where the account is refused; until
// then callers are told at once.
//
// Certificates are checked against the anchors given, nothing is sent before
// that, and passwords go over TLS only, loopback excepted where that is allowed.
// Referrals are not followed. Names and filters are built of escaped values.
//
// Goroutines: one for each lookup under way, which end with [Directory.Close];
// and two inside each connection (go-ldap's own), which end with the connection.
package ldapdir
