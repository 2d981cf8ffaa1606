// Package xmltext writes character data and attribute values the way the
// deployed readers of this wire want them.
//
// Those readers are often not XML parsers: they cut at line ends and show what
// stands between two tags. So only what XML demands is escaped, quotes stay
// bare in text, and no value ever breaks a line. The package knows nothing of
// any document and starts no goroutine.
package xmltext
