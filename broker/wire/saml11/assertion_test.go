package saml11_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/wire/saml11"
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

// oneRole is the assertion of a person with one role in live mode.
func oneRole() *saml11.RoleAssertion {
	return &saml11.RoleAssertion{
		ResponseID: "r7f1c0a52", AssertionID: "b0d51e6c2a94f3", InnerID: "c1d9a7740f22ee",
		Issuer: "http://identity.example.org:8080", Recipient: "127.0.0.1",
		IssueInstant: time.Date(2026, 11, 23, 9, 30, 51, 0, time.UTC),
		AuthInstant:  time.Date(2026, 11, 23, 9, 22, 24, 0, time.UTC),
		User:         &broker.User{UID: "900000000017", Surname: "Okafor", GivenName: "Grace"},
		Role:         "900000001015",
		Ticket:       broker.NewTicket("AQICexampleTicketTextOnly=@AAJTSQACMDE=#"),
		Open: []broker.RoleProfile{{
			ID: "900000001015", OrgCode: "X26", OrgName: "EXAMPLE TEACHING HOSPITAL NHS TRUST",
			JobRole:     `"Clinical":"Clinical Provision":"Health Professional Access Role"`,
			JobRoleCode: "S8000:G8000:R8003",
			Functions: []broker.Coded{
				{Name: "Manage Detailed Health Records", Code: "B0286"},
				{Name: "Execute Clinical Reports", Code: "B0257"},
			},
		}},
	}
}

// threeRoles adds all that may stand in a block, and what must be escaped.
func threeRoles() *saml11.RoleAssertion {
	a := oneRole()
	a.User = &broker.User{UID: "900000000017", Surname: "O'Brien-Łukasz", GivenName: "Zoë", PrCode: "G9999981"}
	a.Role, a.Mode, a.InResponseTo = "900000001023", broker.TrainingMode, "s2f0c"
	a.IssueInstant = a.IssueInstant.In(time.FixedZone("BST", 3600))
	a.Open = append(a.Open, broker.RoleProfile{
		ID: "900000001023", OrgCode: "T1431", OrgName: "SMITH & CO\n<NORTH>",
		JobRole:     `"Admin & Clerical":"Admin":"Clerk"`,
		JobRoleCode: "S0020:G0050:R8010",
		Areas:       []broker.Coded{{Name: "General Medicine", Code: "300"}, {Name: "A&E"}, {Code: "110"}},
		Functions:   []broker.Coded{{Name: "Verify Patient", Code: ""}, {Name: " "}},
		WorkGroups:  []broker.Coded{{Name: "Ward \x00 7", Code: "WG7"}},
	}, broker.RoleProfile{
		ID: "900000001031", JobRole: `"A":"B":"C"`, JobRoleCode: "S1:G2:R3",
		Functions: []broker.Coded{{Code: "B0570"}},
	})
	return a
}

func TestAppendGolden(t *testing.T) {
	golden(t, "one-role.xml", oneRole().Append(nil))
	golden(t, "three-roles.xml", threeRoles().Append(nil))
}

func failure() saml11.Failure {
	return saml11.Failure{
		ResponseID: "r7f1c0a52", Recipient: "127.0.0.1", Status: saml11.StatusRequester, Message: "no role selected",
		IssueInstant: time.Date(2026, 11, 23, 9, 30, 51, 0, time.UTC),
	}
}

func TestAppendFailureGolden(t *testing.T) {
	golden(t, "failure.xml", saml11.AppendFailure(nil, failure()))
}

func TestNewID(t *testing.T) {
	a, b := saml11.NewID(), saml11.NewID()
	if a == b || len(a) != 33 || a[0] != 's' {
		t.Errorf("ids %s and %s", a, b)
	}
}

func BenchmarkAppend(b *testing.B) {
	for name, a := range map[string]*saml11.RoleAssertion{"one": oneRole(), "three": threeRoles()} {
		b.Run(name, func(b *testing.B) {
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				a.ResponseID, a.AssertionID, a.InnerID = saml11.NewID(), saml11.NewID(), saml11.NewID()
				dst = a.Append(dst[:0])
			}
			b.SetBytes(int64(len(dst)))
		})
	}
}

// TestWrittenRoles: roles that were written before give the same document.
func TestWrittenRoles(t *testing.T) {
	for _, a := range []*saml11.RoleAssertion{oneRole(), threeRoles()} {
		want := string(a.Append(nil))
		a.Written, a.Open = saml11.AppendRoles(nil, a.Open), nil
		if got := string(a.Append(nil)); got != want {
			t.Errorf("with roles that were written before:\n%s\nwant\n%s", got, want)
		}
	}
}

func TestNewIDs(t *testing.T) {
	var a saml11.RoleAssertion
	a.NewIDs()
	seen := map[string]bool{saml11.NewID(): true}
	for _, id := range []string{a.ResponseID, a.AssertionID, a.InnerID} {
		if len(id) != 33 || id[0] != 's' || seen[id] {
			t.Errorf("id %q", id)
		}
		seen[id] = true
	}
}
