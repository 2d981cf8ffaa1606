package contract_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// login runs login.sh against a site's server.
func (s *site) login(more ...string) (string, error) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "./login.sh")
	cmd.Env = append(append(os.Environ(),
		"LANYARD_SERVER=https://"+s.address, "LANYARD_CA="+s.path("root.crt"), "LANYARD_UID="+string(grace),
		"LANYARD_CERT="+s.path("card.crt"), "LANYARD_KEY="+s.path("card.key")), more...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestLogin goes the whole path with tools that know nothing of Lanyard, and
// holds the assertion against the published schemas.
func TestLogin(t *testing.T) {
	s := newSite(t)
	s.card()
	p := s.start()
	file := s.path("assertion.xml")
	out, err := s.login("LANYARD_ASSERTION=" + file)
	if err != nil {
		t.Fatalf("login.sh: %v\n%s\n%s", err, out, p.text(t))
	}
	for _, step := range []string{"activate:", "validate: signed on as Okafor Grace, 2 roles", "role selection: 900000001015", "assertion:", "keep alive:", "logout:"} {
		if !strings.Contains(out, step) {
			t.Errorf("no step %q in\n%s", step, out)
		}
	}
	if out, err := schemaCheck(t, file); err != nil {
		t.Errorf("role assertion against the schemas: %v\n%s", err, out)
	}
	if out, err := s.login("LANYARD_ROLE=900000001023"); err != nil || !strings.Contains(out, "role selection: 900000001023") {
		t.Errorf("the other role: %v\n%s", err, out)
	}
	if out, err := s.login("LANYARD_ROLE=900000001031"); err == nil || !strings.Contains(out, "ROLE-REFUSED") {
		t.Errorf("a role of nobody's: %v\n%s", err, out)
	}
	if out, err := s.login("LANYARD_UID=900000000025"); err == nil || !strings.Contains(out, "USER-UNKNOWN") {
		t.Errorf("another's user id: %v\n%s", err, out)
	}
}

// The SAML 1.1 schemas import that of XML signatures by an address which no
// catalog maps, so the test brings one.
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

func schemaCheck(t *testing.T, file string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "saml11.xsd"), []byte(schema), 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "catalog.xml"), []byte(catalog), 0o600))
	cmd := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", filepath.Join(dir, "saml11.xsd"), file)
	cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(dir, "catalog.xml"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}
