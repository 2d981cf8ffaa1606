// Package bench measures what a sign-on and a role assertion cost the Identity
// Server, next to a bare TLS handler of the standard library that reads and
// writes the same bodies and verifies the same signatures. Both are processes
// of their own on one core; what counts is the CPU time the kernel books on
// them, never the wall clock, and they take turns within one run.
//
//	go test -run - -bench . -benchtime 1x ./test/bench
package bench
