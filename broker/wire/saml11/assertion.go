package saml11

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"lanyard/broker"
	"lanyard/broker/wire/xmltext"
)

// RoleAssertion is the answer to a relying party that asks about a ticket. The
// three ids are fresh, differ and begin with a letter (see NewID).
type RoleAssertion struct {
	ResponseID, AssertionID, InnerID string

	Issuer       string // the server's base URL
	Recipient    string // the caller's address
	InResponseTo string // the RequestID of SOAP; empty for GET: "null"

	IssueInstant time.Time
	AuthInstant  time.Time // when the card signed

	User   *broker.User
	Role   broker.RoleProfileID // the selected one
	Mode   broker.SSBMode
	Ticket broker.Ticket
	Open   []broker.RoleProfile // all open ones, whichever is selected
	// Written is what AppendRoles made of the open roles before, for a person
	// who is asked about again; nil: Open is written.
	Written []byte
}

// How far validity reaches round IssueInstant.
const (
	validBefore = 3 * time.Minute
	validAfter  = time.Minute
)

// NewID returns a random id that an XML document may hold as its ID.
func NewID() string {
	var b [idOctets]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	return idOf(b[:])
}

// NewIDs gives an assertion its three ids.
func (a *RoleAssertion) NewIDs() {
	var b [3 * idOctets]byte
	_, _ = rand.Read(b[:]) // once: it costs the same for all three
	a.ResponseID, a.AssertionID, a.InnerID = idOf(b[:idOctets]), idOf(b[idOctets:2*idOctets]), idOf(b[2*idOctets:])
}

// idOctets is how much chance is in an id.
const idOctets = 16

func idOf(random []byte) string {
	text := [1 + 2*idOctets]byte{'s'}
	hex.Encode(text[1:], random)
	return string(text[:])
}

// Append appends the whole samlp:Response.
func (a *RoleAssertion) Append(dst []byte) []byte {
	w := writer{dst}
	w.response(a.ResponseID, a.InResponseTo, a.IssueInstant, a.Recipient)
	w.raw(`    <samlp:Status>
        <samlp:StatusCode Value="samlp:Success"/>
    </samlp:Status>
    <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" MajorVersion="1" MinorVersion="1" AssertionID="`)
	w.issued(a, a.AssertionID)
	w.raw(`        <saml:Conditions`)
	w.validity(a)
	w.raw(`        <saml:AttributeStatement>
            <saml:Subject>
                <saml:NameIdentifier NameQualifier="o=nhs">uid=`)
	w.subject(a)
	w.raw(`                <saml:SubjectConfirmation>
                    <saml:ConfirmationMethod>urn:com:sun:identity</saml:ConfirmationMethod>
                    <saml:SubjectConfirmationData>
                        <saml:Assertion MajorVersion="1" MinorVersion="1" AssertionID="`)
	w.authentication(a)
	w.raw(`                    </saml:SubjectConfirmationData>
                </saml:SubjectConfirmation>
            </saml:Subject>
`)
	w.person(a)
	if a.Written != nil {
		w.dst = append(w.dst, a.Written...)
	} else {
		w.dst = AppendRoles(w.dst, a.Open)
	}
	w.raw(`        </saml:AttributeStatement>
    </saml:Assertion>
</samlp:Response>
`)
	return w.dst
}

// writer appends pieces of the one layout.
type writer struct{ dst []byte }

func (w *writer) raw(s string)  { w.dst = append(w.dst, s...) }
func (w *writer) text(s string) { w.dst = xmltext.AppendText(w.dst, s) }
func (w *writer) attr(s string) { w.dst = xmltext.AppendAttr(w.dst, s) }

func (w *writer) instant(t time.Time) {
	w.dst = t.UTC().AppendFormat(w.dst, time.RFC3339) // the one layout that has a fast path
}

// response writes the start tag of the Response.
func (w *writer) response(id, inResponseTo string, at time.Time, recipient string) {
	if inResponseTo == "" {
		inResponseTo = "null"
	}
	w.raw(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" ResponseID="`)
	w.attr(id)
	w.raw(`" InResponseTo="`)
	w.attr(inResponseTo)
	w.raw(`" MajorVersion="1" MinorVersion="1" IssueInstant="`)
	w.instant(at)
	w.raw(`" Recipient="`)
	w.attr(recipient)
	w.raw("\">\n")
}

// issued writes the rest of an Assertion's start tag, from its id on.
func (w *writer) issued(a *RoleAssertion, id string) {
	w.attr(id)
	w.raw(`" Issuer="`)
	w.attr(a.Issuer)
	w.raw(`" IssueInstant="`)
	w.instant(a.IssueInstant)
	w.raw("\">\n")
}

// validity writes the rest of Conditions.
func (w *writer) validity(a *RoleAssertion) {
	w.raw(` NotBefore="`)
	w.instant(a.IssueInstant.Add(-validBefore))
	w.raw(`" NotOnOrAfter="`)
	w.instant(a.IssueInstant.Add(validAfter))
	w.raw("\"/>\n")
}

// subject writes the rest of a NameIdentifier.
func (w *writer) subject(a *RoleAssertion) {
	w.text(string(a.User.UID))
	w.raw(",ou=People,o=nhs</saml:NameIdentifier>\n")
}

// authentication writes the nested Assertion, which holds the ticket.
func (w *writer) authentication(a *RoleAssertion) {
	w.issued(a, a.InnerID)
	w.raw(`                            <saml:Conditions`)
	w.validity(a)
	w.raw(`                            <saml:AuthenticationStatement AuthenticationInstant="`)
	w.instant(a.AuthInstant)
	w.raw(`" AuthenticationMethod="urn:com:sun:identity:ExtendedLoginModule">
                                <saml:Subject>
                                    <saml:NameIdentifier NameQualifier="o=nhs">uid=`)
	w.subject(a)
	w.raw(`                                    <saml:SubjectConfirmation>
                                        <saml:ConfirmationMethod>urn:com:sun:identity</saml:ConfirmationMethod>
                                        <saml:SubjectConfirmationData>`)
	w.text(a.Ticket.Reveal())
	w.raw(`</saml:SubjectConfirmationData>
                                    </saml:SubjectConfirmation>
                                </saml:Subject>
                                <saml:SubjectLocality IPAddress="`)
	w.attr(a.Recipient)
	w.raw(`"/>
                            </saml:AuthenticationStatement>
                        </saml:Assertion>
`)
}
