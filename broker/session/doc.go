// Package session keeps the sessions of users at the Identity Server: opaque
// tokens in the shape clients know, sealed so that a forged one is refused
// without a lookup; idle, unused and maximum time; ends that never come back.
//
// [Service] is what the server calls, from many goroutines; [Store] is what it
// keeps its records in, with one implementation in each folder below and one
// conformance suite, storetest.
package session
