// Package settings reads how an Identity Agent is set up: the user's file, and
// over it the machine's, which a site manages and which wins key by key.
// Unknown keys are refused and all faults are told together.
//
// It yields plain values, knows no other room's types and starts no goroutine;
// main turns its values into what the rooms take.
package settings
