// Package trayprobe tells whether this desktop shows icons in a tray. The
// toolkit does not: where nothing shows them it writes one line to its log and
// goes on without.
//
// It starts no goroutine; [Watch] runs on its caller's until ctx ends.
package trayprobe
