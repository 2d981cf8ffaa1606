package ldif_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory/ldif"
)

// crowd writes many people with three roles each.
func crowd(people int) []byte {
	text := slices.Grow([]byte(ldif.Header), people*2000)
	for n := range people {
		u := &broker.User{
			UID:     broker.UID(fmt.Sprintf("90%010d", n)),
			Surname: fmt.Sprintf("Person%d", n), GivenName: "Siân", Title: "Dr", Active: true,
		}
		for k := range 3 {
			u.Roles = append(u.Roles, broker.RoleProfile{
				ID:          broker.RoleProfileID(fmt.Sprintf("91%08d%02d", n, k)),
				OrgPersonID: fmt.Sprintf("92%010d", n),
				OrgCode:     "X9M01", OrgName: "MOORVALE TEACHING HOSPITALS NHS TRUST",
				JobRole:     `"Clinical":"Clinical Provision":"Health Professional Access Role"`,
				JobRoleCode: "S8000:G8000:R8003",
				Functions:   []broker.Coded{{Name: "Manage Detailed Health Records", Code: "B0286"}},
			})
		}
		text = ldif.Append(text, u)
	}
	return text
}

// TestLargeDirectory: many people are all there. How long they take to read is
// for BenchmarkOpen.
func TestLargeDirectory(t *testing.T) {
	d := open(t, crowd(5_000))
	if d.Len() != 5_000 {
		t.Fatalf("%d people", d.Len())
	}
	u, err := d.User(t.Context(), "900000004999")
	if err != nil || len(u.Roles) != 3 {
		t.Errorf("%+v, %v", u, err)
	}
}

// BenchmarkOpen reads 100,000 people with three roles each: 300,000 role
// profiles, half a million entries.
func BenchmarkOpen(b *testing.B) {
	text := crowd(100_000)
	path := write(b, text)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		begin := time.Now()
		d, err := ldif.Open(path, quiet())
		if err != nil || d.Len() != 100_000 {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begin).Seconds(), "s/100k-people")
	}
}

// BenchmarkUser looks one person up among 100,000.
func BenchmarkUser(b *testing.B) {
	d := open(b, crowd(100_000))
	for b.Loop() {
		if _, err := d.User(b.Context(), "900000054321"); err != nil {
			b.Fatal(err)
		}
	}
}
