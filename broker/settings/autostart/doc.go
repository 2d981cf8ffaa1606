// Package autostart has the agent start with the desktop: an autostart file on
// Linux, a launch agent on macOS, the Run key on Windows. It knows no settings
// and starts no goroutine.
package autostart
