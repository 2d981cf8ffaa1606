package gpobject_test

import (
	"strings"
	"testing"

	"lanyard/broker"
	"lanyard/broker/wire/gpobject"
)

// TestRoleLinesOfOddRoles reads role lines of whatever a directory holds as a
// client does that stops for good at a line with fewer than three parts.
func TestRoleLinesOfOddRoles(t *testing.T) {
	for job, want := range map[string]string{
		`"Clinical":"Clinical Provision":"Nurse"`: "Clinical|Clinical Provision|Nurse",
		`"A, B":"C, D":"E, F"`:                    "A  B|C  D|E",
		`"A":"B":"Ward: night, day"`:              "A|B|Ward",
		`Clinical, old:Provision:Nurse`:           "Clinical  old|Provision|Nurse",
		`"Admin, all":"Clerk"`:                    "|Admin  all|Clerk",
		`"Nurse"`:                                 "||Nurse",
		`Nurse, ward`:                             "||Nurse",
		``:                                        "||",
	} {
		line := gpobject.RoleParam(0, &broker.RoleProfile{OrgName: "THE TRUST", JobRole: job}).Value
		parts := strings.Split(strings.Split(line, ",")[1], ":")
		if len(parts) < 3 {
			t.Errorf("%s: %q has %d parts", job, line, len(parts))
			continue
		}
		for i := range parts {
			parts[i] = strings.Trim(strings.TrimSpace(parts[i]), `"`)
		}
		if got := strings.Join(parts[:3], "|"); got != want {
			t.Errorf("%s is read as %q in %q, want %q", job, got, line, want)
		}
	}
}
