// Package xmltree reads small XML documents from outside into a tree, strictly
// and within limits: UTF-8, no document type, no entities but the five of XML,
// no attribute that stands twice, nothing outside the one root element.
//
// It knows nothing of any document and starts no goroutine. Its errors never
// quote what was read: tickets stand in it.
package xmltree
