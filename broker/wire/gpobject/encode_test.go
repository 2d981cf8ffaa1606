package gpobject_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lanyard/broker"
	"lanyard/broker/wire/gpobject"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs:\n%s", name, got)
	}
}

func roles() []broker.RoleProfile {
	return []broker.RoleProfile{
		{
			ID: "900000001015", OrgCode: "X26", OrgName: "EXAMPLE TEACHING HOSPITAL NHS TRUST",
			JobRole: `"Clinical":"Clinical Provision":"Health Professional Access Role"`,
		},
		{
			ID: "900000001023", OrgCode: "T1431", OrgName: "SMITH, JONES & CO\n<NORTH>",
			JobRole: `"Admin & Clerical":"Admin, Records":"Clerk, Records"`,
		},
		{ID: "900000001031", OrgCode: " ", OrgName: "LE CHÂTEAU", JobRole: `"A":"B":"C"`},
	}
}

func validateAnswer() *gpobject.Object {
	o := new(gpobject.Object)
	o.Set("log_session_id", "Xk29").Set("error_url", "").Set("cn", "Okafor Grace")
	all := roles()
	for i := range all {
		o.Add(gpobject.RoleParam(i, &all[i]))
	}
	return o.Set("sso_ticket", "AQICexampleTicketTextOnly=@AAJTSQACMDE=#").
		Set("sso_session_time", "600").
		Set("sso_logout_url", "https://gas.example.org/login/authlogout").
		Set("service", "AUTHENTICATION")
}

const serverDTD = "https://gas.example.org/login/dtd"

func TestAppendGolden(t *testing.T) {
	golden(t, "validate-answer.xml", validateAnswer().Append(nil, serverDTD))
}

func TestAppendRequest(t *testing.T) {
	o := new(gpobject.Object).Set("service", "AUTHENTICATION").Set("mobility", "0")
	o.Add(gpobject.Param{Name: "response", Encoding: "base64", Value: " TUlN\r\nRQ== "})
	want := `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE USER SYSTEM "gpOBJECT.DTD">
<gpOBJECT>
<gpPARAM name="service">AUTHENTICATION</gpPARAM>
<gpPARAM name="mobility">0</gpPARAM>
<gpPARAM name="response" encoding="base64">TUlN  RQ==</gpPARAM>
</gpOBJECT>
`
	if got := string(o.Append(nil, gpobject.ClientDTD)); got != want {
		t.Errorf("got\n%s", got)
	}
}

// TestLineReader reads a validate answer as a deployed client does: lines, one
// regular expression each, the first comma of a role line.
func TestLineReader(t *testing.T) {
	answer := string(validateAnswer().Append(nil, serverDTD))
	lines := strings.Split(answer, "\n")
	value := func(name string) string {
		re := regexp.MustCompile(`name="` + name + `">([^<]+)</gpPARAM>`)
		for _, l := range lines {
			if m := re.FindStringSubmatch(l); m != nil {
				return m[1]
			}
		}
		return ""
	}
	if got := value("sso_ticket"); got != "AQICexampleTicketTextOnly=@AAJTSQACMDE=#" {
		t.Errorf("ticket %q", got)
	}
	if got := value("sso_logout_url"); got != "https://gas.example.org/login/authlogout" {
		t.Errorf("logout url %q", got)
	}

	role := regexp.MustCompile(`name="nhsjobrole(\d+)" id="([^"]+)" orgcode="([^"]+)">([^<]+)</gpPARAM>`)
	var read [][]string
	for _, l := range lines {
		if m := role.FindStringSubmatch(l); m != nil {
			org, job, _ := strings.Cut(m[4], ",")
			read = append(read, append([]string{m[1], m[2], m[3], org}, strings.SplitN(strings.TrimSpace(job), ":", 3)...))
		}
	}
	want := [][]string{
		{"0", "900000001015", "X26", "EXAMPLE TEACHING HOSPITAL NHS TRUST", `"Clinical"`, `"Clinical Provision"`, `"Health Professional Access Role"`},
		{"1", "900000001023", "T1431", "SMITH  JONES &amp; CO &lt;NORTH&gt;", `"Admin &amp; Clerical"`, `"Admin  Records"`, `"Clerk, Records"`},
		{"2", "900000001031", "-", "LE CHÂTEAU", `"A"`, `"B"`, `"C"`},
	}
	if len(read) != len(want) {
		t.Fatalf("%d role lines, want %d", len(read), len(want))
	}
	for i := range want {
		if strings.Join(read[i], "|") != strings.Join(want[i], "|") {
			t.Errorf("role line %d is %q, want %q", i, read[i], want[i])
		}
	}
}

func TestRoleReadBack(t *testing.T) {
	o, err := gpobject.DecodeAnswer(validateAnswer().Append(nil, serverDTD))
	if err != nil {
		t.Fatal(err)
	}
	params := o.All(gpobject.RolePrefix)
	if len(params) != 3 {
		t.Fatalf("%d roles", len(params))
	}
	if got, want := params[1].Role(), (broker.RoleProfile{
		ID: "900000001023", OrgCode: "T1431", OrgName: "SMITH  JONES & CO <NORTH>",
		JobRole: `"Admin & Clerical":"Admin  Records":"Clerk, Records"`,
	}); got.ID != want.ID || got.OrgCode != want.OrgCode || got.OrgName != want.OrgName || got.JobRole != want.JobRole {
		t.Errorf("role is %+v", got)
	}
	if got := params[2].Role(); got.OrgCode != "" || got.RoleName() != "C" {
		t.Errorf("role is %+v", got)
	}
	alone := gpobject.Param{Value: `"A":"B":"C, D"`}
	if got := alone.Role(); got.OrgName != "" || got.JobRole != alone.Value {
		t.Errorf("role without an organisation is %+v", got)
	}
}
