package xmltree_test

import (
	"errors"
	"strings"
	"testing"

	"lanyard/broker/wire/xmltree"
)

var limits = xmltree.Limits{Size: 4096, Depth: 8, Elements: 32}

func TestParse(t *testing.T) {
	e, err := xmltree.Parse([]byte("\uFEFF\n<?xml version='1.0'?><!-- c --><n:a xmlns:n='urn:n' b='1&amp;2'> x<![CDATA[<y>]]> <c> z </c></n:a>\n"), limits)
	if err != nil {
		t.Fatal(err)
	}
	if e.Space != "urn:n" || e.Name != "a" || e.Attr("b") != "1&2" || e.Attr("n") != "" || strings.TrimSpace(e.Text) != "x<y>" {
		t.Errorf("%+v", e)
	}
	if text, err := e.Content("c"); text != "z" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := e.Content("d"); text != "" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

func TestRefused(t *testing.T) {
	const secret = "AQICsecret"
	for name, text := range map[string]string{
		"empty":             " ",
		"text":              secret,
		"document type":     "<!DOCTYPE a><a/>",
		"bomb":              `<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>`,
		"external entity":   `<!DOCTYPE a [<!ENTITY b SYSTEM "https://canary.example/">]><a>&b;</a>`,
		"unknown entity":    "<a>&" + secret + ";</a>",
		"two roots":         "<a/><a/>",
		"text behind":       "<a/>" + secret,
		"not closed":        "<a><" + secret,
		"closed by another": "<a></" + secret + ">",
		"attribute twice":   "<a b='' b=''/>",
		"deep":              strings.Repeat("<a>", 9) + strings.Repeat("</a>", 9),
		"many":              "<a>" + strings.Repeat("<b/>", 32) + "</a>",
		"large":             "<a>" + strings.Repeat(" ", 4096) + "</a>",
		"another encoding":  `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`,
		"octets":            "<a>\xff</a>",
	} {
		if _, err := xmltree.Parse([]byte(text), limits); !errors.Is(err, xmltree.ErrUnreadable) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e, err := xmltree.Parse([]byte("<a><b/><b/></a>"), limits)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Content("b"); !errors.Is(err, xmltree.ErrUnreadable) {
		t.Errorf("an element that stands twice: %v", err)
	}
}

// FuzzParse: whatever comes, the tree is within its limits.
func FuzzParse(f *testing.F) {
	f.Add("<a b='c'>d<e/>&lt;<![CDATA[f]]></a>")
	f.Add("<!DOCTYPE a><a/>")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := xmltree.Parse([]byte(text), limits)
		if err != nil {
			return
		}
		if d, n := measure(e); d > limits.Depth || n > limits.Elements {
			t.Fatalf("%d deep, %d elements", d, n)
		}
	})
}

func measure(e *xmltree.Element) (depth, count int) {
	for _, k := range e.Kids {
		d, n := measure(k)
		depth, count = max(depth, d), count+n
	}
	return depth + 1, count + 1
}
