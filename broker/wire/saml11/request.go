package saml11

import (
	"errors"
	"fmt"
	"strings"

	"lanyard/broker/wire/xmltree"
)

// ErrRequest means that a text is not a SOAP envelope with one SAML request.
var ErrRequest = errors.New("SAML request cannot be read")

// MaxRequest is the largest request that is read, in octets.
const MaxRequest = 32 << 10

// The name spaces of a request.
const (
	soapSpace     = "http://schemas.xmlsoap.org/soap/envelope/"
	protocolSpace = "urn:oasis:names:tc:SAML:1.0:protocol"
	samlSpace     = "urn:oasis:names:tc:SAML:1.0:assertion"
)

// Question is what a request asks.
type Question int

// The questions.
const (
	AskAuthentication Question = iota + 1 // an AuthenticationQuery
	AskAttributes                         // an AttributeQuery
	AskArtifact                           // AssertionArtifacts
	AskReference                          // AssertionIDReferences
)

// questionOf returns what an element asks, zero for nothing.
func questionOf(e *xmltree.Element) Question {
	switch {
	case e.Space == protocolSpace && e.Name == "AuthenticationQuery":
		return AskAuthentication
	case e.Space == protocolSpace && e.Name == "AttributeQuery":
		return AskAttributes
	case e.Space == protocolSpace && e.Name == "AssertionArtifact":
		return AskArtifact
	case e.Space == samlSpace && e.Name == "AssertionIDReference":
		return AskReference
	default:
		return 0
	}
}

// Request is a samlp:Request as it was read.
type Request struct {
	ID       string
	Version  string // "1.1"
	Question Question
	Name     string // the NameIdentifier of a query's subject, empty for none
	Ticket   string // of a query, from the subject's confirmation; exactly as it came
}

func badRequest(why string) error { return fmt.Errorf("%w: %s", ErrRequest, why) }

// ParseRequest reads a SOAP 1.1 envelope with one samlp:Request of one question.
func ParseRequest(b []byte) (*Request, error) {
	root, err := xmltree.Parse(b, xmltree.Limits{Size: MaxRequest, Depth: 24, Elements: 256})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	x, err := body(root)
	if err != nil {
		return nil, err
	}
	r := &Request{ID: x.Attr("RequestID"), Version: x.Attr("MajorVersion") + "." + x.Attr("MinorVersion")}
	if r.ID == "" {
		return nil, badRequest("it has no RequestID")
	}
	query, err := r.question(x)
	if err != nil {
		return nil, err
	}
	if r.Question.isQuery() {
		err = r.subject(query)
	}
	return r, err
}

// isQuery tells a question about a subject; the others may stand several times.
func (q Question) isQuery() bool { return q == AskAuthentication || q == AskAttributes }

// question finds what is asked.
func (r *Request) question(x *xmltree.Element) (query *xmltree.Element, err error) {
	for _, k := range x.Kids {
		q := questionOf(k)
		switch {
		case q == 0 && (k.Name == "RespondWith" || k.Name == "Signature"):
		case q == 0:
			return nil, badRequest("it asks what is not known")
		case query != nil && (q != r.Question || q.isQuery()):
			return nil, badRequest("it asks more than one question")
		default:
			r.Question, query = q, k
		}
	}
	if query == nil {
		return nil, badRequest("it asks nothing")
	}
	return query, nil
}

// body returns the one Request in the one Body of an envelope. A header that
// must be understood is none that this reader understands.
func body(root *xmltree.Element) (*xmltree.Element, error) {
	if root.Space != soapSpace || root.Name != "Envelope" {
		return nil, badRequest("it is not an envelope of SOAP 1.1")
	}
	b, err := root.Child("Body")
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	case b == nil || b.Space != soapSpace || len(b.Kids) != 1:
		return nil, badRequest("its body does not hold one request")
	case b.Kids[0].Space != protocolSpace || b.Kids[0].Name != "Request":
		return nil, badRequest("it is not a SAML request")
	}
	if h, err := root.Child("Header"); err != nil || h != nil && demands(h) {
		return nil, badRequest("a header that must be understood")
	}
	return b.Kids[0], nil
}

// demands tells whether a part of a header must be understood.
func demands(header *xmltree.Element) bool {
	for _, k := range header.Kids {
		for _, a := range k.Attrs {
			if a.Name.Space == soapSpace && a.Name.Local == "mustUnderstand" && a.Value != "0" {
				return true
			}
		}
	}
	return false
}

// subject reads who a query is about. The ticket stands in the confirmation
// data, or deeper, in that of an assertion there; it stands once.
func (r *Request) subject(query *xmltree.Element) error {
	s, err := query.Child("Subject")
	if err != nil || s == nil || s.Space != samlSpace {
		return badRequest("its query has not one subject")
	}
	if r.Name, err = s.Content("NameIdentifier"); err != nil {
		return fmt.Errorf("%w: %w", ErrRequest, err)
	}
	tickets := confirmations(s, nil)
	if len(tickets) != 1 || tickets[0] == "" {
		return badRequest("its subject has not one confirmation")
	}
	r.Ticket = tickets[0]
	return nil
}

// confirmations returns the texts of all confirmation data without elements in
// them.
func confirmations(e *xmltree.Element, found []string) []string {
	if e.Space == samlSpace && e.Name == "SubjectConfirmationData" && len(e.Kids) == 0 {
		return append(found, strings.TrimSpace(e.Text))
	}
	for _, k := range e.Kids {
		found = confirmations(k, found)
	}
	return found
}
