package broker

import (
	"crypto/x509"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// UID is a person's national user id: 12 digits.
type UID string

// ParseUID takes exactly 12 digits.
func ParseUID(s string) (UID, error) {
	if len(s) != 12 || strings.Trim(s, "0123456789") != "" {
		return "", fmt.Errorf("user id is %d characters long and must be 12 digits", len(s))
	}
	return UID(s), nil
}

var firstTwelve = regexp.MustCompile(`(?:^|[^0-9])([0-9]{12})(?:[^0-9]|$)`)

// UIDOf reads the user id from a card certificate: the run of exactly 12
// digits in its subject's common name ("900000000017", "900000000017_NAME").
func UIDOf(c *x509.Certificate) (UID, error) {
	m := firstTwelve.FindStringSubmatch(c.Subject.CommonName)
	if m == nil {
		return "", fmt.Errorf("certificate %s names no user id", c.SerialNumber)
	}
	return UID(m[1]), nil
}

// RoleProfileID names one role profile of one person in one organisation.
type RoleProfileID string

// Coded is a name and its code. Either half may be missing in a directory.
type Coded struct{ Name, Code string }

// RoleProfile is what a person may do in one organisation (nhsOrgPersonRole).
type RoleProfile struct {
	ID          RoleProfileID // uniqueIdentifier of the role
	OrgPersonID string        // uniqueIdentifier of the nhsOrgPerson above it
	OrgCode     string        // nhsIDCode: "T1431"
	OrgName     string        // o
	JobRole     string        // `"Type":"Sub type":"Role name"`, as the directory writes it
	JobRoleCode string        // "S8000:G8000:R8003"
	Areas       []Coded       // nhsAreaOfWork, nhsAreaOfWorkCodes
	Functions   []Coded       // nhsBusinessFunctions, nhsBusinessFunctionsCodes
	WorkGroups  []Coded       // nhsWorkGroups, nhsWorkGroupsCodes
	Open, Close time.Time     // zero where absent or blank; days in UK local time
	Training    bool          // ssbMode=1 may be chosen
}

// IsOpen tells whether the role counts at a time: its close date is absent or
// ahead. A missing or later open date does not exclude.
func (r RoleProfile) IsOpen(at time.Time) bool { return r.Close.IsZero() || at.Before(r.Close) }

// RoleName returns the last part of JobRole without its quotes, for people.
func (r RoleProfile) RoleName() string {
	i := strings.LastIndex(r.JobRole, `":"`)
	if i < 0 {
		return strings.Trim(r.JobRole, `"`)
	}
	return strings.TrimSuffix(r.JobRole[i+3:], `"`)
}

// User is a person as the directory knows them (nhsPerson).
type User struct {
	UID           UID
	Surname       string
	GivenName     string
	MiddleNames   string
	Title         string
	Mail          string
	Active        bool          // nhsPersonStatus is 1
	PrCode        string        // nhsOcsPrCode
	Roles         []RoleProfile // all, open or not, in the directory's order
	Registrations []Registration
}

// Registration is a number at a professional body ("GMC", "NMC", …).
type Registration struct{ Body, Number string }

// CN is the person's name as the wire writes it: "Surname Given".
func (u User) CN() string { return strings.TrimSpace(u.Surname + " " + u.GivenName) }

// DisplayName is the person's name as people write it: "Given Surname".
func (u User) DisplayName() string { return strings.TrimSpace(u.GivenName + " " + u.Surname) }

// OpenRoles returns the roles that count at a time.
func (u User) OpenRoles(at time.Time) []RoleProfile {
	open := make([]RoleProfile, 0, len(u.Roles))
	for i := range u.Roles {
		if u.Roles[i].IsOpen(at) {
			open = append(open, u.Roles[i])
		}
	}
	return open
}

// OpenRole finds an open role by its id.
func (u User) OpenRole(id RoleProfileID, at time.Time) (RoleProfile, bool) {
	for _, r := range u.Roles {
		if r.ID == id && r.IsOpen(at) {
			return r, true
		}
	}
	return RoleProfile{}, false
}
