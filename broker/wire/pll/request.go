package pll

import (
	"encoding/base64"
	"fmt"
	"strings"

	"lanyard/broker/wire/xmltree"
)

// The methods of the session service.
const (
	GetSession         = "GetSession"
	SetProperty        = "SetProperty"
	DestroySession     = "DestroySession"
	Logout             = "Logout"
	AddSessionListener = "AddSessionListener"
)

// GetNamingProfile is the method of the naming service.
const GetNamingProfile = "GetNamingProfile"

// Property is a name and its value.
type Property struct{ Name, Value string }

// Requester is what a request says of who makes it.
type Requester int

// The kinds of requesters.
const (
	NoRequester      Requester = iota // none is named
	TokenRequester                    // an SSO token
	ForeignRequester                  // anything else, such as an object of Java: never decoded
)

// SessionRequest is one request to the session service.
type SessionRequest struct {
	Version, ID string
	Requester   Requester
	Method      string // one of the constants, or another name of letters
	Session     string // the ticket, exactly as it came but for white space round it
	Reset       bool   // of GetSession
	Destroy     string // of DestroySession
	Properties  []Property
	URL         string // of AddSessionListener
}

// ParseSession reads a request to the session service.
func ParseSession(text string) (*SessionRequest, error) {
	root, method, err := parseRequest(text, "SessionRequest")
	if err != nil {
		return nil, err
	}
	r := &SessionRequest{
		Version: root.Attr("vers"), ID: root.Attr("reqid"), Requester: requesterOf(root.Attr("requester")),
		Method: method.Name, Reset: strings.EqualFold(method.Attr("reset"), "true"),
	}
	for name, at := range map[string]*string{"SessionID": &r.Session, "DestroySessionID": &r.Destroy, "URL": &r.URL} {
		if *at, err = content(method, name); err != nil {
			return nil, err
		}
	}
	for _, k := range method.Kids {
		if k.Name == "Property" {
			r.Properties = append(r.Properties, Property{Name: k.Attr("name"), Value: k.Attr("value")})
		}
	}
	return r, r.check()
}

func content(e *xmltree.Element, name string) (string, error) {
	text, err := e.Content(name)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return text, nil
}

// check holds what each method needs.
func (r *SessionRequest) check() error {
	missing := false
	switch r.Method {
	case GetSession, Logout:
		missing = r.Session == ""
	case SetProperty:
		missing = r.Session == "" || len(r.Properties) == 0
	case DestroySession:
		missing = r.Session == "" || r.Destroy == ""
	case AddSessionListener:
		missing = r.Session == "" || r.URL == ""
	}
	if missing {
		return unreadable("an element that its method needs is missing")
	}
	return nil
}

// requesterOf reads an attribute: base64 of "token:" and a ticket.
func requesterOf(attr string) Requester {
	if attr = strings.TrimSpace(attr); attr == "" {
		return NoRequester
	}
	text, err := base64.StdEncoding.DecodeString(attr)
	if err != nil || !strings.HasPrefix(string(text), "token:") {
		return ForeignRequester
	}
	return TokenRequester
}

// NamingRequest is one request to the naming service.
type NamingRequest struct {
	Version, ID string
	Session     string // sessid, often empty
	Method      string
}

// ParseNaming reads a request to the naming service.
func ParseNaming(text string) (*NamingRequest, error) {
	root, method, err := parseRequest(text, "NamingRequest")
	if err != nil {
		return nil, err
	}
	return &NamingRequest{
		Version: root.Attr("vers"), ID: root.Attr("reqid"), Session: root.Attr("sessid"), Method: method.Name,
	}, nil
}

// parseRequest reads a request of one method.
func parseRequest(text, name string) (root, method *xmltree.Element, err error) {
	root, err = parse([]byte(strings.TrimSpace(text)))
	switch {
	case err != nil:
		return nil, nil, err
	case root.Name != name || len(root.Kids) != 1:
		return nil, nil, unreadable("it is not a " + name + " of one method")
	}
	method = root.Kids[0]
	if !letters(method.Name) {
		return nil, nil, unreadable("its method has no name")
	}
	return root, method, nil
}

// maxName is the longest name of a method, in letters.
const maxName = 64

// letters tells a name that may be repeated in an answer.
func letters(name string) bool {
	for i := range len(name) {
		if c := name[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}
