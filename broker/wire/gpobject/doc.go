// Package gpobject reads and writes gpOBJECT, the flat list of named values in
// which an Identity Agent and the Identity Server talk at sign-on.
//
// Documents of the real service are not always XML: role lines hold a bare
// ampersand, and clients indent the XML declaration. So they are read by a
// scanner of our own that takes both forms. It knows the five entities of XML
// and character references, skips a DOCTYPE unread, and cannot resolve
// anything else. What the values mean is not known here. No goroutine.
package gpobject
