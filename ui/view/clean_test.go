package view_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
)

func TestPlain(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a name":           {"Siân O'Neill-Ŵyn", "Siân O'Neill-Ŵyn"},
		"nothing":          {"", ""},
		"blanks":           {"  Grace \t\n  Okafor ", "Grace Okafor"},
		"only blanks":      {" \t ", ""},
		"a terminal's":     {"Grace\x1b[2J\x1b]0;you\aOkafor", "Grace [2J ]0;you Okafor"},
		"one octet's":      {"a\u009b31mb\x7fc", "a 31mb c"},
		"nul":              {"Grace\x00Okafor", "Grace Okafor"},
		"turned":           {"Nurse \u202etcod\u202c\u2067x\u2069", "Nurse tcodx"},
		"no width":         {"Gr\u200bace\ufeff", "Grace"},
		"joined":           {"\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"},
		"lines":            {"one\u2028two\u2029three\r\nfour", "one two three four"},
		"broken":           {"Gr\xffce", "Gr\ufffdce"},
		"markup, as it is": {"<b>A&E</b>_x", "<b>A&E</b>_x"},
		"long":             {strings.Repeat("ŵ", 10_000), strings.Repeat("ŵ", 119) + "…"},
		"long, of blanks":  {"a" + strings.Repeat(" ", 10_000) + "b", "a b"},
	} {
		if got := view.Plain(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"Grace Okafor", "\x1b[2J", "\u202e", "\xff", strings.Repeat("a ", 500), " a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := view.Plain(text)
		if n := utf8.RuneCountInString(got); n > 121 || !utf8.ValidString(got) || strings.TrimSpace(got) != got || strings.Contains(got, "  ") {
			t.Errorf("%q became %q, %d characters", text, got, n)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }); i >= 0 {
			t.Errorf("%q became %q", text, got)
		}
		if again := view.Plain(got); again != got {
			t.Errorf("%q became %q, then %q", text, got, again)
		}
	})
}

// hostile is a snapshot whose every text does something to whoever shows it.
func hostile() agent.Snapshot {
	const evil = "\x1b[2J\u202e<b>&_\n"
	role := agent.RoleView{ID: "r\x1b", Name: `"` + evil + `":"` + evil + strings.Repeat("Nurse ", 2000) + `"`, OrgCode: evil, OrgName: evil}
	return agent.Snapshot{
		Phase: agent.SignedOn, Problem: &agent.Problem{Detail: evil, Ref: evil}, Environment: agent.Environment{Name: evil, Host: evil},
		Readers: []card.ReaderID{evil}, UID: "900000000017", UserName: evil + "Grace",
		Card:  &agent.CardView{Reader: evil, Label: evil, Certs: []agent.CertView{{Holder: evil, Issuer: evil, Serial: evil, Key: evil}}},
		Roles: []agent.RoleView{role}, Role: &role, Grants: []agent.Grant{{Application: evil}},
		Places: agent.PlacesView{Others: []broker.Place{{ID: "p\x1b", Device: evil, Client: evil}}, Problem: &agent.Problem{Detail: evil}},
		Care:   agent.Care{Problem: &agent.Problem{Ref: evil}},
	}
}

// TestClean looks at every text of a snapshot, also at those that come to it
// later.
func TestClean(t *testing.T) {
	s := hostile()
	clean := view.Clean(s)
	var look func(path string, v reflect.Value)
	look = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if bad := strings.ContainsAny(v.String(), "\x1b\n\u202e") || v.Len() > 1000; bad && !strings.HasSuffix(path, ".ID") {
				t.Errorf("%s is %q", path, v.String())
			}
		case reflect.Struct:
			if v.Type().PkgPath() == "time" {
				return
			}
			for i := range v.NumField() {
				look(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case reflect.Pointer:
			if !v.IsNil() {
				look(path, v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				look(path, v.Index(i))
			}
		}
	}
	look("snapshot", reflect.ValueOf(clean))
	if clean.Roles[0].ID != s.Roles[0].ID || clean.Places.Others[0].ID != s.Places.Others[0].ID {
		t.Error("an id was changed, by which things are asked for")
	}
	if !reflect.DeepEqual(s, hostile()) {
		t.Error("the agent's own snapshot was changed")
	}
	if name := view.RoleName(clean.Roles[0]); !strings.HasPrefix(name, "[2J<b>&_ Nurse") {
		t.Errorf("the role is called %q", name)
	}
}
