package xmltext_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"lanyard/broker/wire/xmltext"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, text, attr string }{
		{"", "", ""},
		{"plain", "plain", "plain"},
		{`a & b < c > "d" 'e'`, `a &amp; b &lt; c &gt; "d" 'e'`, `a &amp; b &lt; c &gt; &quot;d&quot; 'e'`},
		{"two\r\nlines\tand\u2028more\u0085", "two  lines and more ", "two  lines and more "},
		{"nul\x00 bad\xff\ufffe", "nul\ufffd bad\ufffd\ufffd", "nul\ufffd bad\ufffd\ufffd"},
		{"Zoë Müller 𝒳", "Zoë Müller 𝒳", "Zoë Müller 𝒳"},
		{"&amp;", "&amp;amp;", "&amp;amp;"},
	} {
		if got := string(xmltext.AppendText(nil, c.in)); got != c.text {
			t.Errorf("text of %q is %q, want %q", c.in, got, c.text)
		}
		if got := string(xmltext.AppendAttr(nil, c.in)); got != c.attr {
			t.Errorf("attribute of %q is %q, want %q", c.in, got, c.attr)
		}
	}
}

func TestIllegalAt(t *testing.T) {
	for in, want := range map[string]int{
		"": -1, "a\tb\r\nc ﷺ \uFFFD": -1, "ab\x00": 2, "\x1f": 0, "é\uFFFE": 2, "éa\uFFFF": 3,
	} {
		if got := xmltext.IllegalAt(in); got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
}

// FuzzEscape holds that any XML parser reads back what was written, on one line.
func FuzzEscape(f *testing.F) {
	f.Add(`"Admin & Clerical":"Admin"`)
	f.Add("a\x00b\xffc\u2029d\ufffe]]>")
	f.Fuzz(func(t *testing.T, s string) {
		doc := append([]byte(`<a b="`), xmltext.AppendAttr(nil, s)...)
		doc = append(doc, `">`...)
		doc = append(xmltext.AppendText(doc, s), "</a>"...)
		if bytes.ContainsAny(doc, "\r\n\u0085\u2028\u2029") {
			t.Fatalf("a line break in %q", doc)
		}
		var read struct {
			Attr string `xml:"b,attr"`
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal(doc, &read); err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		if read.Attr != read.Text || strings.Count(read.Text, "&") != strings.Count(s, "&") {
			t.Fatalf("%q was read back as %q and %q", s, read.Attr, read.Text)
		}
	})
}
