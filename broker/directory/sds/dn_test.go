package sds

import (
	"bytes"
	"reflect"
	"testing"
)

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
			back, err := parseDN("x=" + EscapeDN(p.value))
			if err != nil || back[0].value != p.value {
				t.Errorf("%q escaped is %q: %q, %v", p.value, EscapeDN(p.value), back, err)
			}
		}
	}
}
