package saml11

import (
	"strings"
	"time"

	"lanyard/broker"
)

// Attribute is one attribute with its values.
type Attribute struct {
	Name   string
	Values []string
}

// Response is a samlp:Response as it was read. Attributes are those of the
// Assertion itself, in order; a refusal has none.
type Response struct {
	ID           string
	InResponseTo string
	Status       string // as it stands: "samlp:Success"
	SubStatus    string // of a status inside the status; often empty
	Message      string

	Issuer       string
	IssueInstant time.Time
	NotBefore    time.Time
	NotOnOrAfter time.Time
	Attributes   []Attribute
}

// OK tells success: what follows the last colon is "Success".
func (r *Response) OK() bool { return r.Status[strings.LastIndexByte(r.Status, ':')+1:] == "Success" }

// ValidAt tells whether a time is inside the assertion's conditions.
func (r *Response) ValidAt(t time.Time) bool {
	return r.OK() && !t.Before(r.NotBefore) && t.Before(r.NotOnOrAfter)
}

// Get returns the first value of the first attribute of a name.
func (r *Response) Get(name string) string {
	for _, a := range r.Attributes {
		if a.Name == name && len(a.Values) > 0 {
			return a.Values[0]
		}
	}
	return ""
}

// UID is whose assertion it is.
func (r *Response) UID() broker.UID { return broker.UID(r.Get(attrUID)) }

// CN is the person's name, "Surname Given".
func (r *Response) CN() string { return r.Get(attrCN) }

// Selected is the role profile that is selected.
func (r *Response) Selected() broker.RoleProfileID { return broker.RoleProfileID(r.Get(attrSelected)) }

// Training tells whether the role was selected in training mode.
func (r *Response) Training() bool { return r.Get(attrMode) == "1" }

// Roles splits the attributes into the open roles; each begins with its
// organisation's code. The nth name and the nth code of a list need not
// belong together, so every Coded has one half only.
func (r *Response) Roles() []broker.RoleProfile {
	var roles []broker.RoleProfile
	for _, a := range r.Attributes {
		if a.Name == attrOrgCode {
			roles = append(roles, broker.RoleProfile{})
		}
		if len(roles) > 0 {
			addAttribute(&roles[len(roles)-1], a)
		}
	}
	return roles
}

func addAttribute(r *broker.RoleProfile, a Attribute) {
	for _, v := range a.Values {
		switch a.Name {
		case attrOrgCode:
			if v != noOrgCode {
				r.OrgCode = v
			}
		case attrOrgName:
			r.OrgName = v
		case attrJobRole:
			r.JobRole = v
		case attrJobRoleCode:
			r.JobRoleCode = v
		case attrRoleID:
			r.ID = broker.RoleProfileID(v)
		case attrAreas:
			r.Areas = append(r.Areas, broker.Coded{Name: v})
		case attrAreaCodes:
			r.Areas = append(r.Areas, broker.Coded{Code: v})
		case attrFunctions:
			r.Functions = append(r.Functions, broker.Coded{Name: v})
		case attrFunctionCodes:
			r.Functions = append(r.Functions, broker.Coded{Code: v})
		case attrGroups:
			r.WorkGroups = append(r.WorkGroups, broker.Coded{Name: v})
		case attrGroupCodes:
			r.WorkGroups = append(r.WorkGroups, broker.Coded{Code: v})
		}
	}
}
