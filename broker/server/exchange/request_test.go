package exchange

import (
	"net/http"
	"strings"
	"testing"
)

func TestParam(t *testing.T) {
	for name, c := range map[string]struct {
		query, body string
		value       string
		ok, fails   bool
	}{
		"in the query":         {query: "a=1&token=x%3D%23", value: "x=#", ok: true},
		"bare":                 {query: "token=AQIC=@AAJ=&b=", value: "AQIC=@AAJ=", ok: true},
		"with its # in it":     {query: "token=AQIC=@AAJ=#&b=1", value: "AQIC=@AAJ=#", ok: true},
		"in the body":          {body: "b=1&token=x\r\n", value: "x", ok: true},
		"empty":                {query: "token=", ok: true},
		"without =":            {query: "token", ok: true},
		"none":                 {query: "tokens=1&atoken=2"},
		"twice":                {query: "token=1&token=1", fails: true},
		"query and body":       {query: "token=1", body: "token=1", fails: true},
		"escapes of no kind":   {query: "token=%z", fails: true},
		"escapes of another":   {query: "token=1&other=%z", value: "1", ok: true},
		"semicolons of others": {query: "other=1;2&token=1", value: "1", ok: true},
	} {
		r := &Request{Method: http.MethodPost, query: c.query, Body: []byte(c.body)}
		value, ok, err := r.Param("token")
		if value != c.value && !c.fails || ok != c.ok || (err != nil) != c.fails {
			t.Errorf("%s: %q, %v, %v", name, value, ok, err)
		}
	}
	r := &Request{Method: http.MethodGet, Body: []byte("token=1")}
	if _, ok, _ := r.Param("token"); ok {
		t.Error("a parameter is taken from the body of a GET")
	}
}

// FuzzParam: whatever a query holds, a value comes out only where the name
// stands once, and no error quotes it.
func FuzzParam(f *testing.F) {
	for _, seed := range []string{"token=x", "token=%41%zz&token=", "&&=token=&", "token=AQIC=@AAJTSQACMDE=#"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := &Request{Method: http.MethodGet, query: query}
		value, ok, err := r.Param("token")
		if err != nil && (value != "" || ok) {
			t.Errorf("%q: value %q with error %v", query, value, err)
		}
		if n := strings.Count(query, "token"); ok && n == 0 {
			t.Errorf("%q: a value out of nothing", query)
		}
	})
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"Mozilla/4.0(compatible;IE;GACv10. 0. 0. 1)": "Mozilla/4.0(compatible;IE;GACv10. 0. 0. 1)",
		"a\nlevel=error\x1b[2J":                      "a level=error [2J",
		"Zoë":                                        "Zo",
		strings.Repeat("x", 200):                     strings.Repeat("x", 120),
	} {
		if got := Printable(in, 120); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestIDsAreLikeNoWord(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := newID()
		if len(id) != 16 || strings.Trim(id, "0123456789abcdef") != "" || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}
