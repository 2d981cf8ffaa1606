package gpobject_test

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"lanyard/broker/wire/gpobject"
)

const indented = `
      <?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE USER SYSTEM "http://attacker.example.org/x.dtd" >
      <!-- written by a client -->
      <gpOBJECT>
        <gpPARAM name="service"> ACTIVATION
        </gpPARAM>
        <gpPARAM encoding='base64' name = "response" >TUlN
        RQ==</gpPARAM>
        <gpPARAM name="ticket"/>
        <gpPARAM name="empty"></gpPARAM>
      </gpOBJECT>
`

func doc(body string) string { return "<gpOBJECT>" + body + "</gpOBJECT>" }

func param(value string) string { return doc(`<gpPARAM name="a">` + value + `</gpPARAM>`) }

func TestDecodeIndented(t *testing.T) {
	o, err := gpobject.Decode([]byte("\ufeff" + indented))
	if err != nil {
		t.Fatal(err)
	}
	want := []gpobject.Param{
		{Name: "service", Value: "ACTIVATION"},
		{Name: "response", Encoding: "base64", Value: "TUlN\n        RQ=="},
		{Name: "ticket"},
		{Name: "empty"},
	}
	if !reflect.DeepEqual(o.Params, want) {
		t.Errorf("got %+v", o.Params)
	}
}

func TestDecodeValues(t *testing.T) {
	for in, want := range map[string]string{
		`THE TRUST, "Admin & Clerical":"A&E":"Clerk"`:    `THE TRUST, "Admin & Clerical":"A&E":"Clerk"`,
		`&amp;&lt;&gt;&quot;&apos;&#65;&#x42;`:           `&<>"'AB`,
		`&amp;lt; &unknown; & &; &# &#x; &#99999999999;`: `&lt; &unknown; & &; &# &#x; &#99999999999;`,
		`a<!-- <b> & -->b`:                               `ab`,
		`x<![CDATA[<y> & &amp;]]>z`:                      `x<y> & &amp;z`,
		`Zoë > Müller`:                                   `Zoë > Müller`,
	} {
		o, err := gpobject.Decode([]byte(param(in)))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got, _ := o.Get("a"); got != want {
			t.Errorf("%s is read as %q, want %q", in, got, want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	bomb := `<!DOCTYPE USER [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + param("&b;")
	many := strings.Repeat(`<gpPARAM name="a"/>`, gpobject.MaxParams+1)
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"empty":                  {"", gpobject.ErrUnreadable},
		"not XML":                {"service=ACTIVATION", gpobject.ErrUnreadable},
		"entity declarations":    {bomb, gpobject.ErrUnreadable},
		"parameter entities":     {"<!DOCTYPE USER <!ENTITY % a 'b'>>" + param(""), gpobject.ErrUnreadable},
		"open doctype":           {`<!DOCTYPE USER SYSTEM "x`, gpobject.ErrUnreadable},
		"nested element":         {param("<gpPARAM name='b'>c</gpPARAM>"), gpobject.ErrUnreadable},
		"bare less-than":         {param("a < b"), gpobject.ErrUnreadable},
		"other root":             {"<gpOBJECTS></gpOBJECTS>", gpobject.ErrUnreadable},
		"other element":          {doc("<other/>"), gpobject.ErrUnreadable},
		"text between":           {doc("text"), gpobject.ErrUnreadable},
		"second root":            {param("") + param(""), gpobject.ErrUnreadable},
		"cut in the middle":      {param("abc")[:25], gpobject.ErrUnreadable},
		"cut in a tag":           {`<gpOBJECT><gpPARAM name="a`, gpobject.ErrUnreadable},
		"no name":                {doc(`<gpPARAM id="1">x</gpPARAM>`), gpobject.ErrUnreadable},
		"name twice":             {doc(`<gpPARAM name="a" name="b">x</gpPARAM>`), gpobject.ErrUnreadable},
		"no quotes":              {doc(`<gpPARAM name=a>x</gpPARAM>`), gpobject.ErrUnreadable},
		"no value":               {doc(`<gpPARAM name>x</gpPARAM>`), gpobject.ErrUnreadable},
		"tag in an attribute":    {doc(`<gpPARAM name="a>x</gpPARAM><gpPARAM name="b">y</gpPARAM>`), gpobject.ErrUnreadable},
		"NUL":                    {param("a\x00b"), gpobject.ErrUnreadable},
		"reference to NUL":       {param("a&#0;b"), gpobject.ErrUnreadable},
		"reference to surrogate": {param("&#xD800;"), gpobject.ErrUnreadable},
		"Latin-1":                {param("Zo\xeb"), gpobject.ErrUnreadable},
		"10 MB":                  {param(strings.Repeat("a", 10<<20)), gpobject.ErrTooLarge},
		"too many":               {doc(many), gpobject.ErrTooLarge},
	} {
		o, err := gpobject.Decode([]byte(c.in))
		if !errors.Is(err, c.want) || o != nil {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	if _, err := gpobject.DecodeAnswer([]byte(doc(many))); err != nil {
		t.Errorf("an answer with many roles: %v", err)
	}
}

func TestDecodeErrorHidesValues(t *testing.T) {
	_, err := gpobject.Decode([]byte(doc(`<gpPARAM name="sso_ticket">AQICsecret<x/></gpPARAM>`)))
	if err == nil || strings.Contains(err.Error(), "AQIC") {
		t.Errorf("error is %v", err)
	}
}

func TestOnly(t *testing.T) {
	o := new(gpobject.Object)
	o.Add(gpobject.Param{Name: "a", Value: "1"}).Add(gpobject.Param{Name: "b", Value: "2"}).Add(gpobject.Param{Name: "a", Value: "3"})
	if v, err := o.Only("b"); err != nil || v != "2" {
		t.Errorf("b is %q, %v", v, err)
	}
	for _, name := range []string{"a", "c"} {
		if v, err := o.Only(name); !errors.Is(err, gpobject.ErrUnreadable) || v != "" {
			t.Errorf("%s is %q, %v", name, v, err)
		}
	}
	if v, ok := o.Get("a"); !ok || v != "1" {
		t.Errorf("first a is %q", v)
	}
	if v, err := o.Set("a", "4").Only("a"); err != nil || v != "4" || len(o.Params) != 2 {
		t.Errorf("a set is %q, %v in %+v", v, err, o.Params)
	}
}

func TestAllInOrderOfNumbers(t *testing.T) {
	o := new(gpobject.Object)
	for _, name := range []string{"nhsjobrole10", "nhsjobrole", "nhsjobrole2", "cn", "nhsjobrole0", "nhsjobrole-1", "nhsjobrole12345678901"} {
		o.Set(name, "v")
	}
	var got []string
	for _, p := range o.All(gpobject.RolePrefix) {
		got = append(got, p.Name)
	}
	if want := []string{"nhsjobrole0", "nhsjobrole2", "nhsjobrole10"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

// FuzzDecode holds that what was read is written so that it reads the same.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(indented))
	f.Add(validateAnswer().Append(nil, serverDTD))
	f.Add([]byte(param(`A & B "q" &amp; &#x41;<![CDATA[<]]><!-- c -->`)))
	f.Add([]byte(`<!DOCTYPE USER [<!ENTITY a "b">]>` + param("&a;")))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := gpobject.Decode(b)
		if err != nil {
			if !errors.Is(err, gpobject.ErrUnreadable) && !errors.Is(err, gpobject.ErrTooLarge) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		once := o.Append(nil, serverDTD)
		again, err := gpobject.DecodeAnswer(once)
		if err != nil {
			t.Fatalf("%q written as %q: %v", b, once, err)
		}
		if len(again.Params) != len(o.Params) {
			t.Fatalf("%d parameters became %d", len(o.Params), len(again.Params))
		}
		if twice := again.Append(nil, serverDTD); string(twice) != string(once) {
			t.Fatalf("%q is written again as %q", once, twice)
		}
		if lines := strings.Count(string(once), "\n"); lines != len(o.Params)+4 {
			t.Fatalf("%d lines for %d parameters", lines, len(o.Params))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	o := new(gpobject.Object).Set("service", "AUTHENTICATION").Set("auth_method", "3").Set("app_url", "NHST")
	o.Set("challenge", strings.Repeat("Q", 64)).Set("signature", strings.Repeat("S", 88)).Set("uid", "900000000017")
	o.Add(gpobject.Param{Name: "response", Encoding: "base64", Value: strings.Repeat("TUlN", 800)})
	for i := range 6 {
		o.Set("x"+strconv.Itoa(i), "1")
	}
	in := o.Append(nil, gpobject.ClientDTD)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gpobject.Decode(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	o := validateAnswer()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = o.Append(dst[:0], serverDTD)
	}
}
