// Package desk drives the real program in windows: an X server without a
// screen, a session bus, a window manager and a tray's host, all of its own,
// and xdotool for the hands.
package desk
