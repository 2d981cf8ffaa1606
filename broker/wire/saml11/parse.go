package saml11

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

var (
	// ErrUnreadable: not a SAML 1.1 Response, or one that says two things.
	ErrUnreadable = errors.New("SAML response cannot be read")
	// ErrTooLarge: larger than the response for any user.
	ErrTooLarge = errors.New("SAML response is too large")
)

// MaxSize is the largest response that is read. A role takes some 2 kB, and
// some users hold hundreds.
const MaxSize = 4 << 20

const signatureSpace = "http://www.w3.org/2000/09/xmldsig#"

type xmlResponse struct {
	XMLName      xml.Name       `xml:"urn:oasis:names:tc:SAML:1.0:protocol Response"`
	ID           string         `xml:"ResponseID,attr"`
	InResponseTo string         `xml:"InResponseTo,attr"`
	Statuses     []xmlStatus    `xml:"urn:oasis:names:tc:SAML:1.0:protocol Status"`
	Assertions   []xmlAssertion `xml:"urn:oasis:names:tc:SAML:1.0:assertion Assertion"`
	Others       []xmlOther     `xml:",any"`
}

type xmlOther struct{ XMLName xml.Name }

type xmlStatus struct {
	Codes   []xmlCode `xml:"urn:oasis:names:tc:SAML:1.0:protocol StatusCode"`
	Message string    `xml:"urn:oasis:names:tc:SAML:1.0:protocol StatusMessage"`
}

type xmlCode struct {
	Value string `xml:"Value,attr"`
	Subs  []struct {
		Value string `xml:"Value,attr"`
	} `xml:"urn:oasis:names:tc:SAML:1.0:protocol StatusCode"`
}

type xmlAssertion struct {
	Issuer       string    `xml:"Issuer,attr"`
	IssueInstant time.Time `xml:"IssueInstant,attr"`
	Conditions   struct {
		NotBefore    time.Time `xml:"NotBefore,attr"`
		NotOnOrAfter time.Time `xml:"NotOnOrAfter,attr"`
	} `xml:"urn:oasis:names:tc:SAML:1.0:assertion Conditions"`
	Statements []struct {
		Attributes []struct {
			Name   string   `xml:"AttributeName,attr"`
			Values []string `xml:"urn:oasis:names:tc:SAML:1.0:assertion AttributeValue"`
		} `xml:"urn:oasis:names:tc:SAML:1.0:assertion Attribute"`
	} `xml:"urn:oasis:names:tc:SAML:1.0:assertion AttributeStatement"`
}

// Parse reads a Response, a refusal too: ask OK. It holds what readers of the
// OpenAM family hold: an id, one status, at most one sub status, and no other
// children than Signature, Status and Assertion. Success comes with exactly
// one Assertion, anything else with none. No entity and no DTD is resolved.
func Parse(b []byte) (*Response, error) {
	if len(b) > MaxSize {
		return nil, fmt.Errorf("%w: %d octets, at most %d", ErrTooLarge, len(b), MaxSize)
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	var x xmlResponse
	if err := d.Decode(&x); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrUnreadable, reason(err))
	}
	if err := onlySpaceBehind(d); err != nil {
		return nil, err
	}
	return x.response()
}

// reason keeps the kind and the line of an XML error and drops the text it
// quotes, which may be part of a ticket.
func reason(err error) string {
	var s *xml.SyntaxError
	if errors.As(err, &s) {
		return fmt.Sprintf("XML syntax error on line %d", s.Line)
	}
	if errors.Is(err, io.EOF) {
		return "it is empty"
	}
	return "not a SAML 1.1 Response"
}

func onlySpaceBehind(d *xml.Decoder) error {
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %s", ErrUnreadable, reason(err))
		}
		switch t := t.(type) {
		case xml.Comment, xml.ProcInst:
			continue
		case xml.CharData:
			if len(bytes.TrimSpace(t)) == 0 {
				continue
			}
		}
		return fmt.Errorf("%w: something stands behind the Response", ErrUnreadable)
	}
}

// check holds the cardinalities.
func (x *xmlResponse) check() error {
	switch {
	case x.ID == "":
		return fmt.Errorf("%w: it has no ResponseID", ErrUnreadable)
	case len(x.Statuses) != 1 || len(x.Statuses[0].Codes) != 1:
		return fmt.Errorf("%w: it has not one status", ErrUnreadable)
	case len(x.Statuses[0].Codes[0].Subs) > 1:
		return fmt.Errorf("%w: it has several sub statuses", ErrUnreadable)
	}
	for _, o := range x.Others {
		if o.XMLName.Space != signatureSpace || o.XMLName.Local != "Signature" {
			return fmt.Errorf("%w: an element that does not belong there", ErrUnreadable)
		}
	}
	return nil
}

func (x *xmlResponse) response() (*Response, error) {
	if err := x.check(); err != nil {
		return nil, err
	}
	status := x.Statuses[0]
	r := &Response{
		ID:           x.ID,
		InResponseTo: x.InResponseTo,
		Status:       status.Codes[0].Value,
		Message:      strings.TrimSpace(status.Message),
	}
	for _, sub := range status.Codes[0].Subs {
		r.SubStatus = sub.Value
	}
	want := 0
	if r.OK() {
		want = 1
	}
	if len(x.Assertions) != want {
		return nil, fmt.Errorf("%w: %d assertions with its status, want %d", ErrUnreadable, len(x.Assertions), want)
	}
	for i := range x.Assertions {
		r.read(&x.Assertions[i])
	}
	return r, nil
}

func (r *Response) read(a *xmlAssertion) {
	r.Issuer, r.IssueInstant = a.Issuer, a.IssueInstant
	r.NotBefore, r.NotOnOrAfter = a.Conditions.NotBefore, a.Conditions.NotOnOrAfter
	for _, s := range a.Statements {
		for _, attr := range s.Attributes {
			r.Attributes = append(r.Attributes, Attribute{Name: attr.Name, Values: attr.Values})
		}
	}
}
