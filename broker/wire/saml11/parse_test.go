package saml11_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/wire/saml11"
)

func failureDoc() []byte { return saml11.AppendFailure(nil, failure()) }

func TestParseReadsBack(t *testing.T) {
	r, err := saml11.Parse(threeRoles().Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.UID() != "900000000017" || r.CN() != "O'Brien-Łukasz Zoë" || r.Selected() != "900000001023" || !r.Training() || r.InResponseTo != "s2f0c" {
		t.Errorf("read as %+v", r)
	}
	at := oneRole().IssueInstant
	for after, valid := range map[time.Duration]bool{-181 * time.Second: false, -3 * time.Minute: true, 0: true, 59 * time.Second: true, time.Minute: false} {
		if r.ValidAt(at.Add(after)) != valid {
			t.Errorf("valid %v after its instant: %v", after, !valid)
		}
	}
	roles := r.Roles()
	if len(roles) != 3 || roles[0].OrgCode != "X26" || roles[2].OrgCode != "" || roles[2].RoleName() != "C" {
		t.Fatalf("roles are %+v", roles)
	}
	want := broker.RoleProfile{
		ID: "900000001023", OrgCode: "T1431", OrgName: "SMITH & CO <NORTH>",
		JobRole: `"Admin & Clerical":"Admin":"Clerk"`, JobRoleCode: "S0020:G0050:R8010",
		Areas:      []broker.Coded{{Code: "300"}, {Code: "110"}, {Name: "General Medicine"}, {Name: "A&E"}},
		Functions:  []broker.Coded{{Name: "Verify Patient"}},
		WorkGroups: []broker.Coded{{Code: "WG7"}, {Name: "Ward \uFFFD 7"}},
	}
	if !reflect.DeepEqual(roles[1], want) {
		t.Errorf("role is %+v", roles[1])
	}
}

func TestParseFailure(t *testing.T) {
	r, err := saml11.Parse(failureDoc())
	if err != nil {
		t.Fatal(err)
	}
	if r.OK() || r.Status != saml11.StatusRequester || r.Message != "no role selected" || r.ValidAt(failure().IssueInstant) || r.UID() != "" {
		t.Errorf("read as %+v", r)
	}
	sub := strings.Replace(string(failureDoc()), `"samlp:Requester"/>`, `"x:Requester"><samlp:StatusCode Value="samlp:TooManyResponses"/></samlp:StatusCode>`, 1)
	if r, err = saml11.Parse([]byte(sub)); err != nil || r.SubStatus != "samlp:TooManyResponses" || r.OK() {
		t.Errorf("%v, read as %+v", err, r)
	}
}

func TestParseRefuses(t *testing.T) {
	good, bad := string(oneRole().Append(nil)), string(failureDoc())
	assertion := good[strings.Index(good, "    <saml:Assertion xmlns"):strings.Index(good, "</samlp:Response>")]
	status := bad[strings.Index(bad, "    <samlp:Status>"):strings.Index(bad, "</samlp:Response>")]
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"empty":                     {"", saml11.ErrUnreadable},
		"HTML":                      {"<html><body>Service unavailable</body></html>", saml11.ErrUnreadable},
		"cut":                       {good[:len(good)/2], saml11.ErrUnreadable},
		"no id":                     {strings.Replace(good, ` ResponseID="r7f1c0a52"`, "", 1), saml11.ErrUnreadable},
		"two statuses":              {strings.Replace(bad, status, status+status, 1), saml11.ErrUnreadable},
		"no status":                 {strings.Replace(bad, status, "", 1), saml11.ErrUnreadable},
		"success without assertion": {strings.Replace(good, assertion, "", 1), saml11.ErrUnreadable},
		"two assertions":            {strings.Replace(good, assertion, assertion+assertion, 1), saml11.ErrUnreadable},
		"refusal with assertion":    {strings.Replace(good, "samlp:Success", "samlp:Responder", 1), saml11.ErrUnreadable},
		"foreign child":             {strings.Replace(bad, status, status+"<x/>", 1), saml11.ErrUnreadable},
		"SAML 2":                    {strings.ReplaceAll(good, "SAML:1.0:protocol", "SAML:2.0:protocol"), saml11.ErrUnreadable},
		"two documents":             {good + bad, saml11.ErrUnreadable},
		"entities":                  {`<!DOCTYPE r [<!ENTITY a "b">]>` + strings.Replace(bad, "no role", "&a;", 1), saml11.ErrUnreadable},
		"large":                     {good + strings.Repeat(" ", saml11.MaxSize), saml11.ErrTooLarge},
	} {
		if r, err := saml11.Parse([]byte(c.in)); !errors.Is(err, c.want) || r != nil {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	broken := strings.Replace(good, "AQICexample", "AQICsecret&nonsense;", 1)
	if _, err := saml11.Parse([]byte(broken)); err == nil || strings.Contains(err.Error(), "nonsense") {
		t.Errorf("error is %v", err)
	}
}

// FuzzParse holds that a response which is read is one thing: a success with
// its assertion, or a refusal without any attribute.
func FuzzParse(f *testing.F) {
	f.Add(threeRoles().Append(nil))
	f.Add(failureDoc())
	f.Add([]byte(`<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := saml11.Parse(b)
		if err != nil {
			if !errors.Is(err, saml11.ErrUnreadable) && !errors.Is(err, saml11.ErrTooLarge) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if r.ID == "" || (!r.OK() && len(r.Attributes) > 0) {
			t.Fatalf("read as %+v", r)
		}
		if len(r.Roles()) > len(r.Attributes) {
			t.Fatal("more roles than attributes")
		}
	})
}

// FuzzAppend holds that any directory's texts come back as they were but for
// what XML or the layout forbids.
func FuzzAppend(f *testing.F) {
	f.Add("SMITH & CO", `"A":"B":"C"`)
	f.Add("\x00]]>\xff", "line\nend")
	f.Fuzz(func(t *testing.T, org, job string) {
		a := oneRole()
		a.Open[0].OrgName, a.Open[0].JobRole = org, job
		doc := a.Append(nil)
		r, err := saml11.Parse(doc)
		if err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		roles := r.Roles()
		if len(roles) != 1 || roles[0].ID != a.Role || roles[0].JobRoleCode != "S8000:G8000:R8003" {
			t.Fatalf("roles are %+v", roles)
		}
		if strings.Count(roles[0].OrgName, "&") != strings.Count(org, "&") || strings.ContainsAny(roles[0].JobRole, "\n\r") {
			t.Fatalf("%q and %q are read as %q and %q", org, job, roles[0].OrgName, roles[0].JobRole)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	doc := threeRoles().Append(nil)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := saml11.Parse(doc); err != nil {
			b.Fatal(err)
		}
	}
}
