// Package ldif is the directory in a file: people, organisations and role
// profiles in the shape of the national directory, as LDIF (RFC 2849).
//
// What its entries mean is told by package sds. An entry that cannot be used is
// left out and told with its line and name.
//
// Values by URL are refused and nothing is ever fetched; change records are
// refused. The package writes the same shape, for the demo and for tools.
//
// It starts no goroutine; a [Directory] is safe for concurrent use.
package ldif
