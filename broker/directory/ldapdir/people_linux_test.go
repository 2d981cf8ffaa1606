package ldapdir_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
	"time"

	"lanyard/assets"
	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/directory/directorytest"
	"lanyard/broker/directory/ldapdir"
	"lanyard/broker/directory/ldif"
	"lanyard/test/engine"
)

func anchors(s *engine.Slapd) []*x509.Certificate { return []*x509.Certificate{s.Anchor} }

func TestConformance(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{Plain: true})
	for name, change := range map[string]func(*ldapdir.Config){
		"LDAPS":    func(*ldapdir.Config) {},
		"StartTLS": func(c *ldapdir.Config) { c.URLs = []string{"ldap://" + s.Address} },
		"plain":    func(c *ldapdir.Config) { c.URLs, c.Plain, c.Anchors = []string{"ldap://" + s.Address}, true, nil },
		"kept":     func(c *ldapdir.Config) { c.Fresh, c.Unknown = time.Minute, time.Minute },
		"one connection, the second server": func(c *ldapdir.Config) {
			c.URLs, c.Connections = []string{"ldaps://127.0.0.1:1", c.URLs[0]}, 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			var j journal
			c := settings(s)
			c.Log = j.log()
			change(&c)
			directorytest.Run(t, open(t, c))
			if j.String() != "" {
				t.Errorf("the log complains:\n%s", j.String())
			}
		})
	}
}

// same: people read the same from slapd as from a file.
func same(t *testing.T, text []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "people.ldif")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := ldif.Open(file, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, settings(engine.StartSlapd(t, text, engine.SlapdOptions{})))
	uids := regexp.MustCompile(`(?m)^uid: ([0-9]{12})$`).FindAllStringSubmatch(string(text), -1)
	if len(uids) != want.Len() {
		t.Fatalf("%d ids, %d people", len(uids), want.Len())
	}
	for _, m := range uids {
		uid := broker.UID(m[1])
		w, err := want.User(t.Context(), uid)
		if err != nil {
			t.Fatal(err)
		}
		if got := known(t, d, uid); !reflect.DeepEqual(got, w) {
			t.Errorf("got  %+v\nwant %+v", got, w)
		}
	}
}

func TestDemoDirectory(t *testing.T) { same(t, assets.DemoDirectory()) }

// TestManyRoles: a person with 500 roles at 60 organisations, open, closed and
// with blank dates.
func TestManyRoles(t *testing.T) { same(t, busy(500)) }

func busy(roles int) []byte {
	text := []byte(ldif.Header)
	for n := range 60 {
		text = ldif.AppendOrganisation(text, ldif.Organisation{Code: fmt.Sprintf("X%04d", n), Name: fmt.Sprintf("Practice (%d), Lower Quay", n)})
	}
	u := &broker.User{UID: grace, Surname: "Okafor", GivenName: "Grace", Active: true}
	for n := range roles {
		r := broker.RoleProfile{
			ID: broker.RoleProfileID(fmt.Sprintf("91%010d", n)), OrgPersonID: fmt.Sprintf("92%010d", n%60), OrgCode: fmt.Sprintf("X%04d", n%60),
			JobRole: `"Clinical":"Clinical Provision":"Nurse Access Role"`, JobRoleCode: "S8000:G8000:R8001",
			Areas: []broker.Coded{{Name: "Cardiology", Code: "320"}},
		}
		switch n % 3 {
		case 1:
			r.Close = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		case 2:
			r.Open = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		u.Roles = append(u.Roles, r)
	}
	return ldif.Append(text, u)
}

// TestCutOff: an answer that the directory cut off, or that is longer than any
// person's, is none; and the directory counts as one that answers.
func TestCutOff(t *testing.T) {
	for because, tc := range map[string]struct{ roles, size int }{
		engine.SlapdReader + " may not read enough entries": {500, 300},
		"it has more than 5000 entries":                     {5100, 20_000},
	} {
		d := open(t, settings(engine.StartSlapd(t, busy(tc.roles), engine.SlapdOptions{Size: tc.size})))
		down(t, d, because)
		if st := d.State(); st.Down != nil {
			t.Errorf("%v", st.Down)
		}
	}
}

// TestMalformed: what cannot be used is left out and told with its name, and the
// rest is served.
func TestMalformed(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	const post = "uniqueIdentifier=900000001007,uid=900000000017,ou=People,o=nhs"
	s.Modify(`dn: uniqueIdentifier=900000001015,` + post + `
changetype: modify
replace: nhsOrgCloseDate
nhsOrgCloseDate: 31.12.2030

dn: uniqueIdentifier=A\2CB,` + post + `
changetype: add
objectClass: nhsOrgPerson
uniqueIdentifier: A,B

dn: uid=12345,ou=People,o=nhs
changetype: add
objectClass: nhsPerson
uid: 12345
cn: Five
sn: Five

dn: uniqueIdentifier=900000001080,uniqueIdentifier=900000001098,uid=900000000033,ou=People,o=nhs
changetype: modify
replace: nhsOrgCloseDate
nhsOrgCloseDate:

dn: uid=900000000058,ou=People,o=nhs
changetype: modify
replace: sn
sn:: IAEg
`)
	var j journal
	c := settings(s)
	c.Log = j.log()
	d := open(t, c)
	if u := known(t, d, grace); len(u.Roles) != 1 || u.Roles[0].ID != "900000001023" {
		t.Errorf("roles %+v", u.Roles)
	}
	if u := known(t, d, "900000000033"); len(u.Roles) != 3 {
		t.Errorf("an empty date costs a role: %+v", u.Roles)
	}
	if u, err := d.User(t.Context(), "900000000058"); !errors.Is(err, directory.ErrUnknown) {
		t.Errorf("person with a control character: %+v, %v", u, err)
	}
	for _, told := range []string{
		`dn="uniqueIdentifier=900000001015,` + post + `" reason="date`,
		`dn="uniqueIdentifier=A\\2CB,` + post + `" reason="entry below`,
		`dn="uid=900000000058,ou=People,o=nhs" reason="sn`,
	} {
		if j.count(told) != 1 {
			t.Errorf("%s is not in the log:\n%s", told, j.String())
		}
	}
}
