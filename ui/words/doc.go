// Package words is the catalogue of everything the desk says, in English and
// Welsh: the texts of assets/translations by key, and those of the catalogue
// of failures by code. It translates our words, never data: names of people,
// roles, places and applications stay as they were written.
//
// It knows no toolkit, keeps no state and starts no goroutine.
package words
