package ldif

import (
	"encoding/base64"
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory/sds"
)

// Header begins a file: the version and the containers that people and
// organisations stand in.
const Header = `version: 1

dn: o=nhs
objectClass: top
objectClass: organization
o: nhs

dn: ou=People,o=nhs
objectClass: top
objectClass: organizationalUnit
ou: People

dn: ou=Organisations,o=nhs
objectClass: top
objectClass: organizationalUnit
ou: Organisations
`

// Organisation is an organisation as the directory knows it (nhsOrg).
type Organisation struct {
	Code, Name, PostalCode string
	Parent                 string // its parent's code, or empty
}

// AppendOrganisation writes an organisation's entry.
func AppendOrganisation(dst []byte, o Organisation) []byte {
	dst = begin(dst, attributeID+"="+sds.EscapeDN(o.Code)+",ou=Organisations,o=nhs", "top", "nhsOrg")
	dst = line(dst, attributeID, o.Code)
	dst = line(dst, "nhsIDCode", o.Code)
	dst = line(dst, "o", o.Name)
	dst = line(dst, "postalCode", o.PostalCode)
	return line(dst, "nhsParentOrgCode", o.Parent)
}

const attributeID = "uniqueIdentifier"

// Append writes a person with all roles. A post's entry stands before the
// first role of it.
func Append(dst []byte, u *broker.User) []byte {
	base := "uid=" + string(u.UID) + ",ou=People,o=nhs"
	dst = begin(dst, base, "top", "person", "organizationalPerson", "inetOrgPerson", "nhsPerson")
	dst = line(dst, "uid", string(u.UID))
	dst = line(dst, "cn", u.CN())
	dst = line(dst, "sn", u.Surname)
	dst = line(dst, "givenName", u.GivenName)
	dst = line(dst, "nhsMiddleNames", u.MiddleNames)
	dst = line(dst, "personalTitle", u.Title)
	dst = line(dst, "mail", u.Mail)
	status := "0"
	if u.Active {
		status = "1"
	}
	dst = line(dst, "nhsPersonStatus", status)
	dst = line(dst, "nhsOcsPrCode", u.PrCode)
	for _, r := range u.Registrations {
		dst = line(dst, "nhs"+r.Body, r.Number)
	}
	written := map[string]bool{"": true}
	for _, r := range u.Roles {
		above := base
		if r.OrgPersonID != "" {
			above = attributeID + "=" + sds.EscapeDN(r.OrgPersonID) + "," + base
		}
		if !written[r.OrgPersonID] {
			written[r.OrgPersonID] = true
			dst = appendPost(dst, above, r)
		}
		dst = appendRole(dst, above, r)
	}
	return dst
}

func appendPost(dst []byte, dn string, r broker.RoleProfile) []byte {
	dst = begin(dst, dn, "top", "nhsOrgPerson")
	dst = line(dst, attributeID, r.OrgPersonID)
	dst = line(dst, "nhsIDCode", r.OrgCode)
	return line(dst, "o", r.OrgName)
}

func appendRole(dst []byte, above string, r broker.RoleProfile) []byte {
	dst = begin(dst, attributeID+"="+sds.EscapeDN(string(r.ID))+","+above, "top", "nhsOrgPersonRole")
	dst = line(dst, attributeID, string(r.ID))
	dst = line(dst, "nhsIDCode", r.OrgCode)
	dst = line(dst, "o", r.OrgName)
	dst = line(dst, "nhsJobRole", r.JobRole)
	dst = line(dst, "nhsJobRoleCode", r.JobRoleCode)
	dst = appendPairs(dst, "nhsAreaOfWork", r.Areas)
	dst = appendPairs(dst, "nhsBusinessFunctions", r.Functions)
	dst = appendPairs(dst, "nhsWorkGroups", r.WorkGroups)
	dst = line(dst, "nhsOrgOpenDate", day(r.Open))
	dst = line(dst, "nhsOrgCloseDate", day(r.Close))
	if r.Training {
		dst = line(dst, "lanyardTraining", "TRUE")
	}
	return dst
}

func appendPairs(dst []byte, name string, list []broker.Coded) []byte {
	for _, c := range list {
		dst = line(dst, name, c.Name)
	}
	for _, c := range list {
		dst = line(dst, name+"Codes", c.Code)
	}
	return dst
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("20060102")
}

func begin(dst []byte, dn string, classes ...string) []byte {
	dst = line(append(dst, '\n'), nameDN, dn)
	for _, c := range classes {
		dst = line(dst, "objectClass", c)
	}
	return dst
}

// width is where lines are folded, in octets.
const width = 76

// line writes one value, folded; an empty one not at all.
func line(dst []byte, name, text string) []byte {
	if text == "" {
		return dst
	}
	whole := name + ": " + text
	if !safe(text) {
		whole = name + ":: " + base64.StdEncoding.EncodeToString([]byte(text))
	}
	for len(whole) > width {
		dst = append(append(dst, whole[:width]...), '\n', ' ')
		whole = whole[width:]
	}
	return append(append(dst, whole...), '\n')
}

// safe tells whether a value may stand as it is (SAFE-STRING of RFC 2849).
func safe(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return !strings.HasPrefix(s, " ") && !strings.HasSuffix(s, " ") && s[0] != ':' && s[0] != '<'
}
