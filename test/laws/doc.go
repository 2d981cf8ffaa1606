// Package laws holds the house to its import laws (docs/architecture.md). It
// has tests only.
package laws
