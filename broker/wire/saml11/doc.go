// Package saml11 writes and reads the SAML 1.1 responses of the Spine Security
// Broker: the role assertion, and its refusal.
//
// Deployed readers are not all XML parsers: one lives on the line break before
// each AttributeValue, one on the exact text of the StatusCode. So the layout
// is fixed to the octet and written by hand. Who may have an assertion, and
// which roles are open, is not known here. No goroutine.
package saml11
