// Package screen is an X client for tests: it sees which windows there are and
// what is drawn in them, tells when something is drawn, and presses keys. Windows
// are found by the list that window managers keep.
//
// One goroutine takes the server's events; [Screen.Close] ends it.
package screen
