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
		l := newLoader(time.UTC)
		users, err := l.load(bytes.NewReader(text))
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
	l := newLoader(time.UTC)
	users, err := l.load(bytes.NewReader(text))
	if err != nil || l.faults.Count != 0 {
		t.Fatalf("what was written cannot be read: %v %v\n%s", err, l.faults.First, text)
	}
	if got := users[u.UID]; !reflect.DeepEqual(got, u) {
		t.Fatalf("got  %+v\nwant %+v\n%s", got, u, text)
	}
}

func TestParseDN(t *testing.T) {
	for in, want := range map[string][]rdn{
		"o=nhs":                         {{"o", "nhs"}},
		"UID=9 , OU = People;o=nhs":     {{"uid", "9"}, {"ou", "People"}, {"o", "nhs"}},
		`cn=A\, B\+C\"\\,o=n\68s`:       {{"cn", `A, B+C"\`}, {"o", "nhs"}},
		`cn=\ a \ ,o=x`:                 {{"cn", " a  "}, {"o", "x"}},
		`cn=Si\c3\a2n,o=x`:              {{"cn", "Siân"}, {"o", "x"}},
		"uid=9+cn=a\\,b+sn=c,ou=People": {{"uid", "9"}, {"ou", "People"}},
		"":                              nil,
		"o":                             nil,
		"=x":                            nil,
		"o=":                            nil,
		"o=a,":                          nil,
		"o=a,,p=b":                      nil,
		`o=a\`:                          nil,
		`o=a\zz`:                        nil,
		`o=a\c3`:                        nil,
		`o="a"`:                         nil,
		"o=a+b":                         nil,
		"o=a\x00":                       nil,
		"o p=a":                         nil,
		"cn=" + string(bytes.Repeat([]byte(`\2c`), 50)): {{"cn", string(bytes.Repeat([]byte(","), 50))}},
	} {
		got, err := parseDN(in)
		if !reflect.DeepEqual(got, want) || (err == nil) != (want != nil) {
			t.Errorf("%q: %q, %v, want %q", in, got, err, want)
		}
		for _, p := range got {
			back, err := parseDN("x=" + escapeDN(p.value))
			if err != nil || back[0].value != p.value {
				t.Errorf("%q escaped is %q: %q, %v", p.value, escapeDN(p.value), back, err)
			}
		}
	}
}
