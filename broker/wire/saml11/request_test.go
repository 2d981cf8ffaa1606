package saml11_test

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"lanyard/broker/wire/saml11"
)

const ticket = "AQICexampleTicketTextOnly=@AAJTSQACMDE=#"

// envelope is a request as clients put it.
func envelope(inner string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"><soap-env:Header/><soap-env:Body>
<samlp:Request xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" RequestID="s2f0c" MajorVersion="1" MinorVersion="1" IssueInstant="2026-11-24T09:00:00Z">` + inner + `</samlp:Request>
</soap-env:Body></soap-env:Envelope>`
}

func query(name, confirmation string) string {
	return `<samlp:` + name + `><saml:Subject><saml:NameIdentifier NameQualifier="o=nhs">uid=900000000017,ou=People,o=nhs</saml:NameIdentifier>` +
		`<saml:SubjectConfirmation><saml:ConfirmationMethod>urn:com:sun:identity</saml:ConfirmationMethod>` + confirmation +
		`</saml:SubjectConfirmation></saml:Subject></samlp:` + name + `>`
}

func data(inner string) string {
	return `<saml:SubjectConfirmationData>` + inner + `</saml:SubjectConfirmationData>`
}

func TestRequests(t *testing.T) {
	for name, c := range map[string]struct {
		inner string
		want  saml11.Request
	}{
		"authentication": {query("AuthenticationQuery", data(ticket)), saml11.Request{Question: saml11.AskAuthentication, Ticket: ticket}},
		"attributes":     {"<samlp:RespondWith>saml:AttributeStatement</samlp:RespondWith>" + query("AttributeQuery", data("\n "+ticket+"\n")), saml11.Request{Question: saml11.AskAttributes, Ticket: ticket}},
		"an assertion in the data": {query("AttributeQuery", data(`<saml:Assertion><saml:AuthenticationStatement><saml:Subject><saml:SubjectConfirmation>`+data(ticket)+
			`</saml:SubjectConfirmation></saml:Subject></saml:AuthenticationStatement></saml:Assertion>`)), saml11.Request{Question: saml11.AskAttributes, Ticket: ticket}},
		"artifacts":  {"<samlp:AssertionArtifact>AAE=</samlp:AssertionArtifact><samlp:AssertionArtifact>AAF=</samlp:AssertionArtifact>", saml11.Request{Question: saml11.AskArtifact}},
		"references": {"<saml:AssertionIDReference>s1</saml:AssertionIDReference>", saml11.Request{Question: saml11.AskReference}},
	} {
		c.want.ID, c.want.Version = "s2f0c", "1.1"
		if c.want.Ticket != "" {
			c.want.Name = "uid=900000000017,ou=People,o=nhs"
		}
		r, err := saml11.ParseRequest([]byte(envelope(c.inner)))
		if err != nil || *r != c.want {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	good := envelope(query("AttributeQuery", data(ticket)))
	for name, text := range map[string]string{
		"empty":                 "",
		"document type":         "<!DOCTYPE a>" + good[strings.Index(good, "<soap"):],
		"SOAP 1.2":              strings.Replace(good, "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", 1),
		"SAML 2":                strings.ReplaceAll(good, "SAML:1.0:protocol", "SAML:2.0:protocol"),
		"no body":               `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"></e:Envelope>`,
		"no id":                 strings.Replace(good, `RequestID="s2f0c"`, "", 1),
		"no question":           envelope(""),
		"another question":      envelope("<samlp:AuthorizationDecisionQuery/>"),
		"two questions":         envelope(query("AttributeQuery", data(ticket)) + query("AttributeQuery", data(ticket))),
		"no subject":            envelope("<samlp:AttributeQuery/>"),
		"no ticket":             envelope(query("AttributeQuery", "")),
		"an empty ticket":       envelope(query("AttributeQuery", data(" "))),
		"two tickets":           envelope(query("AttributeQuery", data(ticket)+data(ticket+"2"))),
		"a wrapped request":     strings.Replace(good, "<soap-env:Body>", "<soap-env:Body><wrapper/>", 1),
		"a demanding header":    strings.Replace(good, "<soap-env:Header/>", `<soap-env:Header><x soap-env:mustUnderstand="1"/></soap-env:Header>`, 1),
		"larger than may be":    good + strings.Repeat(" ", saml11.MaxRequest),
		"deeper than may be":    strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100),
		"an entity from abroad": `<!DOCTYPE a [<!ENTITY x SYSTEM "https://canary.example/">]>` + strings.Replace(good, ticket, "&x;", 1),
	} {
		if r, err := saml11.ParseRequest([]byte(text)); !errors.Is(err, saml11.ErrRequest) || strings.Contains(err.Error(), ticket) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestAuthentication(t *testing.T) {
	a := oneRole()
	a.InResponseTo = "s2f0c"
	golden(t, "authentication.xml", saml11.AppendEnvelope(nil, a.AppendAuthentication))
	golden(t, "fault.xml", saml11.AppendFault(nil, false, "REQ-UNREADABLE: <not> to be read"))
}

// FuzzRequest: what is asked is known, and a fault about anything is XML.
func FuzzRequest(f *testing.F) {
	f.Add(envelope(query("AttributeQuery", data(ticket))))
	f.Add(envelope("<saml:AssertionIDReference>s1</saml:AssertionIDReference>"))
	f.Fuzz(func(t *testing.T, text string) {
		r, err := saml11.ParseRequest([]byte(text))
		if err == nil && (r.Question < saml11.AskAuthentication || r.Question > saml11.AskReference || r.ID == "") {
			t.Fatalf("%+v", r)
		}
		if xml.Unmarshal(saml11.AppendFault(nil, true, text), new(struct{})) != nil {
			t.Fatal("a fault is no XML")
		}
	})
}
