// Package icon draws the program's pictures as SVG: the family of the tray,
// whose members differ by shape, and the small ones within windows. Everything
// is filled and nothing is stroked, with holes wound the other way round: the
// toolkit's renderer draws strokes in pixels and knows no even-odd rule.
//
// It knows no toolkit; it keeps no state and starts no goroutine.
package icon

//go:generate go test . -run TestProgramIcon -update
