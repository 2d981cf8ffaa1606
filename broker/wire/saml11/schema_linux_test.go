package saml11_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The SAML 1.1 schemas of Debian's opensaml-schemas import that of XML
// signatures by an address which no catalog maps, so the test brings one.
const (
	schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="urn:oasis:names:tc:SAML:1.0:protocol" schemaLocation="/usr/share/xml/opensaml/cs-sstc-schema-protocol-1.1.xsd"/>
<xs:import namespace="urn:oasis:names:tc:SAML:1.0:assertion" schemaLocation="/usr/share/xml/opensaml/cs-sstc-schema-assertion-1.1.xsd"/>
</xs:schema>
`
	catalog = `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
<system systemId="http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd" uri="/usr/share/xml/xmltooling/xmldsig-core-schema.xsd"/>
</catalog>
`
)

func validate(t *testing.T, dir string, doc []byte) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", filepath.Join(dir, "saml11.xsd"), "-")
	cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(dir, "catalog.xml"))
	cmd.Stdin = bytes.NewReader(doc)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestSchema(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"saml11.xsd": schema, "catalog.xml": catalog} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, doc := range map[string][]byte{
		"one role": oneRole().Append(nil), "three roles": threeRoles().Append(nil), "failure": failureDoc(),
		"authentication": oneRole().AppendAuthentication(nil),
	} {
		if out, err := validate(t, dir, doc); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	twin := oneRole()
	twin.InnerID = twin.AssertionID
	if out, err := validate(t, dir, twin.Append(nil)); err == nil || !strings.Contains(out, "AssertionID") {
		t.Errorf("one id twice passes the schema: %s", out)
	}
}
