// Package engine runs the engines that the Identity Server is tested with:
// PostgreSQL, Redis (alone, as a cluster, with Sentinel) and slapd, as Debian
// packs them, each as children of the test on ports of the loopback that were
// free. Nothing is left behind: what was started is ended with the test, folders
// included.
//
// An engine can be killed, paused and started again, which is what it is for.
package engine
