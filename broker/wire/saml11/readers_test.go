package saml11_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
)

// whiteSpaceReader re-enacts a deployed parser: a SAX reader with a stack. On
// the start of an element called saml:Attribute whose first attribute has the
// wanted value, that name is pushed; on the end of any element, popped; text
// is kept while the name is on top. At the end the first character becomes a
// blank, blanks go, and line ends become colons.
func whiteSpaceReader(t *testing.T, doc []byte, wanted string) string {
	t.Helper()
	var stack []string
	var text []byte
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := d.RawToken()
		if token == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			called := strings.EqualFold(e.Name.Space+":"+e.Name.Local, "saml:Attribute")
			if called && len(e.Attr) > 0 && e.Attr[0].Value == wanted {
				stack = append(stack, wanted)
			}
		case xml.EndElement:
			stack = stack[:max(0, len(stack)-1)]
		case xml.CharData:
			if len(stack) > 0 && stack[len(stack)-1] == wanted {
				text = append(text, e...)
			}
		}
	}
	if len(text) == 0 {
		return ""
	}
	text[0] = ' '
	return strings.ReplaceAll(strings.ReplaceAll(string(text), " ", ""), "\n", ":")
}

func TestWhiteSpaceReader(t *testing.T) {
	for name, c := range map[string]struct {
		doc  []byte
		want map[string]string
	}{
		"one role": {oneRole().Append(nil), map[string]string{
			"uid": "900000000017", "cn": "OkaforGrace", "ssbSessionRoleUid": "900000001015", "ssbMode": "0",
			"nhsIdCode": "X26", "nhsJobRoleCode": "S8000:G8000:R8003", "uniqueIdentifier": "900000001015",
			"nhsBusinessFunctionsCodes": "B0286", "nhsAreaOfWork": "",
		}},
		"three roles": {threeRoles().Append(nil), map[string]string{
			"uid": "900000000017", "nhsOcsPrCode": "G9999981", "ssbSessionRoleUid": "900000001023", "ssbMode": "1",
			"nhsIdCode":        "X26:T1431:-",
			"nhsJobRoleCode":   "S8000:G8000:R8003:S0020:G0050:R8010:S1:G2:R3",
			"uniqueIdentifier": "900000001015:900000001023:900000001031",
			"o":                "EXAMPLETEACHINGHOSPITALNHSTRUST:SMITH&CO<NORTH>",
		}},
	} {
		for attribute, want := range c.want {
			if got := whiteSpaceReader(t, c.doc, attribute); got != want {
				t.Errorf("%s: %s is read as %q, want %q", name, attribute, got, want)
			}
		}
	}
	// The re-enactment is the real thing only if it fails where that one does.
	bare := bytes.ReplaceAll(oneRole().Append(nil), []byte("\n                <saml:AttributeValue>"), []byte("<saml:AttributeValue>"))
	if got := whiteSpaceReader(t, bare, "uid"); got != "00000000017" {
		t.Errorf("without its line ends uid is read as %q", got)
	}
}

// TestTextReaders holds what readers look for in the text itself.
func TestTextReaders(t *testing.T) {
	good, bad := string(threeRoles().Append(nil)), string(failureDoc())
	for _, want := range []string{
		`<samlp:StatusCode Value="samlp:Success"/>`,
		`<saml:Attribute AttributeName="nhsJobRole" AttributeNamespace="http://www.syntegra.com">`,
		` InResponseTo="s2f0c" `, `IssueInstant="2026-11-23T09:30:51Z"`,
		`NotBefore="2026-11-23T09:27:51Z" NotOnOrAfter="2026-11-23T09:31:51Z"`,
	} {
		if !strings.Contains(good, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(bad, "Success") || strings.Contains(bad, "Assertion") || !strings.Contains(bad, ` InResponseTo="null" `) {
		t.Errorf("the refusal is\n%s", bad)
	}
	if strings.HasPrefix(good, "<?xml") || strings.Contains(good, "<saml:AttributeValue></") {
		t.Error("an XML declaration or an empty value")
	}
}
