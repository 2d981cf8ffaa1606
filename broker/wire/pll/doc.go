// Package pll reads and writes the envelopes of the Access Manager session
// API: sets of requests, each an XML document in a CDATA section of another.
//
// What comes in is read strictly and within limits: no document type, no
// entities but the five of XML, no names that stand twice. What goes out is
// written to the letter by appending: deployed clients search it as text, and
// one library reads only the first child of each Response, so no element is
// ever self-closed and no white space stands before the CDATA section.
//
// The package knows the form of requests and answers and nothing of sessions.
// It starts no goroutine. Its errors never quote what was read: tickets stand
// in it.
package pll
