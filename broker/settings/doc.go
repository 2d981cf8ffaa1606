// Package settings reads how an Identity Agent is set up, from the user's file,
// from what the window of settings keeps, from the machine's file and from the
// site's management; what a later one says wins key by key, and every value
// knows where it comes from. Unknown keys are refused and all faults are told
// together. [Places.Keep] changes what the user may change.
//
// It yields plain values, knows no other room's types and starts no goroutine;
// main turns its values into what the rooms take.
package settings
