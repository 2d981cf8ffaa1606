// Package proc looks at a running process through /proc: how often its threads
// went to sleep of their own will, and whether a secret stands in its memory.
// It serves tests on Linux; production code does not import it.
package proc
