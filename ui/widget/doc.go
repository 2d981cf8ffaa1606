// Package widget is what the desk's windows are made of: text that wraps to a
// given width and is right in the first frame, buttons, rows, the passcode
// field, the chain of links. Each takes plain values and functions to call, and
// the look to draw itself in; none knows an agent or a rule.
//
// Everything here runs on the toolkit's goroutine and starts no other.
package widget
