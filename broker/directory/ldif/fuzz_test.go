package ldif

import (
	"bytes"
	"os"
	"reflect"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory/directorytest"
)

// FuzzLoad: any file gives people or an error, never a person without a
// surname or an organisation; and what was read is written and read as the same.
func FuzzLoad(f *testing.F) {
	f.Add(directorytest.LDIF())
	broken, err := os.ReadFile("testdata/broken.ldif")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(broken)
	f.Add([]byte("version: 1\r\n\r\ndn:: dWlkPTkwMDAwMDAwMDExMSxvdT1QZW9wbGUsbz1uaHM=\r\nsn: x\r\n"))
	f.Add([]byte("dn: uid=900000000017+cn=A\\2cB,ou=People,o=nhs\nsn:<file:x\n\n# c\n d\n"))
	f.Add([]byte("dn: uniqueIdentifier=1,uid=900000000017,ou=People\nnhsJobRole: r\nnhsJobRoleCode: c\n\n \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		users, _, err := load(bytes.NewReader(text), time.UTC)
		if err != nil {
			return
		}
		for uid, u := range users {
			if u.UID != uid || u.Surname == "" {
				t.Fatalf("person %q: %+v", uid, u)
			}
			for _, r := range u.Roles {
				if r.OrgCode == "" || r.OrgName == "" || r.JobRole == "" || r.JobRoleCode == "" {
					t.Fatalf("role %+v", r)
				}
			}
			if writable(u) {
				again(t, u)
			}
		}
	})
}

// writable: the shape of the file cannot say that one name and one code do not
// belong together, nor give one date to a post and none to its role.
func writable(u *broker.User) bool {
	for _, r := range u.Roles {
		for _, list := range [][]broker.Coded{r.Areas, r.Functions, r.WorkGroups} {
			for _, c := range list {
				if c.Name == "" || c.Code == "" {
					return false
				}
			}
		}
		if r.Open.Year() > 9999 || r.Close.Year() > 9999 {
			return false
		}
	}
	return true
}

func again(t *testing.T, u *broker.User) {
	t.Helper()
	text := Append([]byte(Header), u)
	users, faults, err := load(bytes.NewReader(text), time.UTC)
	if err != nil || faults.Count != 0 {
		t.Fatalf("what was written cannot be read: %v %v\n%s", err, faults.First, text)
	}
	if got := users[u.UID]; !reflect.DeepEqual(got, u) {
		t.Fatalf("got  %+v\nwant %+v\n%s", got, u, text)
	}
}
