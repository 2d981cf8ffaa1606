package gpobject

import (
	"strconv"
	"strings"

	"lanyard/broker"
)

// RolePrefix begins the names of role lines: nhsjobrole0, nhsjobrole1, …
const RolePrefix = "nhsjobrole"

// noOrgCode stands where a directory has no code: clients die of an empty one.
const noOrgCode = "-"

// RoleParam is the role line number n of a validate answer. A client splits
// its text at the first comma, so the organisation's name, the type and the
// sub type hold none: a blank stands there.
func RoleParam(n int, r *broker.RoleProfile) Param {
	org := r.OrgCode
	if trim(org) == "" {
		org = noOrgCode
	}
	return Param{
		Name:    RolePrefix + strconv.Itoa(n),
		ID:      string(r.ID),
		OrgCode: org,
		Value:   withoutComma(r.OrgName) + ", " + jobRole(r.JobRole),
	}
}

func withoutComma(s string) string { return strings.ReplaceAll(s, ",", " ") }

// jobRole gives a job role the three parts of `"Type":"Sub type":"Role"`, which
// clients count on, and clears the commas of all but the last.
func jobRole(s string) string {
	for strings.Count(s, ":") < 2 {
		s = `"":` + s
	}
	i := strings.LastIndex(s, ":")
	return withoutComma(s[:i]) + s[i:]
}

// Role reads a role line back. A role line without an organisation's name
// leaves it empty.
func (p Param) Role() broker.RoleProfile {
	r := broker.RoleProfile{ID: broker.RoleProfileID(p.ID), OrgCode: p.OrgCode}
	if r.OrgCode == noOrgCode {
		r.OrgCode = ""
	}
	org, job, found := strings.Cut(p.Value, ",")
	if !found || strings.Contains(org, `":"`) {
		org, job = "", p.Value
	}
	r.OrgName, r.JobRole = trim(org), trim(job)
	return r
}
