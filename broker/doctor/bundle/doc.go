// Package bundle writes what local IT wants to see of a desk into one zip file:
// the diagnostics, the settings, versions, facts of the session at this
// computer, the end of the agent's log and the times that were measured.
//
// No passcode, ticket or key ever stands in any of these. What it is given is
// searched all the same: whatever has the shape of a ticket or of key material
// is taken out, and, unless they are asked for, what is known to name people
// and this computer.
//
// It knows nothing of how the parts are found out, and starts no goroutine.
package bundle
