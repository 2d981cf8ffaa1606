// Package managed reads what a site's management sets on this machine: Group
// Policy in the registry of Windows, a configuration profile of macOS. It
// yields tables of texts, numbers, booleans and lists of texts, and knows
// nothing of what they mean. It starts no goroutine.
package managed
