// Package trayprobe tells what this desktop shows of a program besides its
// windows: icons in a tray, and notifications. The toolkit does not: where
// nothing shows icons it writes one line to its log and goes on without, and
// its notifications wait for their service without end and never go away.
//
// It starts no goroutine; [Watch] and [Notices.Watch] run on their caller's
// until ctx ends.
package trayprobe
