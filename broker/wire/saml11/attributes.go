package saml11

import (
	"strconv"
	"strings"

	"lanyard/broker"
)

// The attributes of the broker, in the order of real answers. Consumers split
// on attrOrgCode, which starts the block of a role.
const (
	attrVersion       = "ssbAssertionVersion"
	attrCN            = "cn"
	attrUID           = "uid"
	attrPrCode        = "nhsOcsPrCode"
	attrSelected      = "ssbSessionRoleUid"
	attrMode          = "ssbMode"
	attrOrgCode       = "nhsIdCode"
	attrOrgName       = "o"
	attrAreaCodes     = "nhsAreaOfWorkCodes"
	attrFunctions     = "nhsBusinessFunctions"
	attrFunctionCodes = "nhsBusinessFunctionsCodes"
	attrAreas         = "nhsAreaOfWork"
	attrJobRole       = "nhsJobRole"
	attrRoleID        = "uniqueIdentifier"
	attrJobRoleCode   = "nhsJobRoleCode"
	attrGroupCodes    = "nhsWorkGroupsCodes"
	attrGroups        = "nhsWorkGroups"
)

// noOrgCode starts the block of a role whose organisation has no code: left
// out, its values would count for the role before it.
const noOrgCode = "-"

// person writes the attributes that stand once.
func (w *writer) person(a *RoleAssertion) {
	w.attribute(attrVersion, "1.1")
	w.attribute(attrCN, a.User.CN())
	w.attribute(attrUID, string(a.User.UID))
	w.attribute(attrPrCode, a.User.PrCode)
	w.attribute(attrSelected, string(a.Role))
	w.attribute(attrMode, strconv.Itoa(int(a.Mode)))
}

// AppendRoles appends the blocks of open roles, as they stand in an assertion.
func AppendRoles(dst []byte, open []broker.RoleProfile) []byte {
	w := writer{dst}
	for i := range open {
		w.role(&open[i])
	}
	return w.dst
}

// role writes the block of one open role.
func (w *writer) role(r *broker.RoleProfile) {
	org := r.OrgCode
	if empty(org) {
		org = noOrgCode
	}
	w.attribute(attrOrgCode, org)
	w.attribute(attrOrgName, r.OrgName)
	w.list(attrAreaCodes, r.Areas, codeOf)
	w.list(attrFunctions, r.Functions, nameOf)
	w.list(attrFunctionCodes, r.Functions, codeOf)
	w.list(attrAreas, r.Areas, nameOf)
	w.attribute(attrJobRole, r.JobRole)
	w.attribute(attrRoleID, string(r.ID))
	w.attribute(attrJobRoleCode, r.JobRoleCode)
	w.list(attrGroupCodes, r.WorkGroups, codeOf)
	w.list(attrGroups, r.WorkGroups, nameOf)
}

func nameOf(c broker.Coded) string { return c.Name }
func codeOf(c broker.Coded) string { return c.Code }

// empty tells a value that is left out.
func empty(s string) bool { return strings.TrimSpace(s) == "" }

// attribute writes one attribute with one value, or nothing.
func (w *writer) attribute(name, value string) {
	if empty(value) {
		return
	}
	w.open(name)
	w.value(value)
	w.close()
}

// list writes one attribute with the values there are, or nothing.
func (w *writer) list(name string, all []broker.Coded, half func(broker.Coded) string) {
	opened := false
	for _, c := range all {
		v := half(c)
		if empty(v) {
			continue
		}
		if !opened {
			w.open(name)
			opened = true
		}
		w.value(v)
	}
	if opened {
		w.close()
	}
}

func (w *writer) open(name string) {
	w.raw(`            <saml:Attribute AttributeName="`)
	w.raw(name)
	w.raw("\" AttributeNamespace=\"http://www.syntegra.com\">\n")
}

// value begins on a line of its own: a deployed reader drops the first
// character behind the start tag before it.
func (w *writer) value(v string) {
	w.raw("                <saml:AttributeValue>")
	w.text(v)
	w.raw("</saml:AttributeValue>\n")
}

func (w *writer) close() { w.raw("            </saml:Attribute>\n") }
