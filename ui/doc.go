// Package ui is the desk in windows: the one that asks (passcode, role, what
// is wrong), the desk's own, the card drawer of the practice mode, and the
// icon in the tray. It meets the agent at [agent.Desk] only and decides
// nothing: what is shown is made by ui/view, and it only draws and asks.
//
// Everything that touches the toolkit runs on the toolkit's goroutine and
// waits for nothing. Snapshots and results come to it through one dispatcher;
// requests leave through one queue. Package ui/display starts the real
// toolkit, so that tests of this one need no display.
package ui
