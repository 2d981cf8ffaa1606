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

// TestLoginWithModule signs on with a key that a PKCS#11 module keeps, and
// openssl agrees that what the script put together is a CMS.
func TestLoginWithModule(t *testing.T) {
	s := newSite(t)
	s.card()
	s.start()
	const module = "/usr/lib/softhsm/libsofthsm2.so"
	check(t, os.Mkdir(s.path("tokens"), 0o700))
	s.write("softhsm2.conf", []byte("directories.tokendir = "+s.path("tokens")+"\nlog.level = ERROR\n"))
	env := append(os.Environ(), "SOFTHSM2_CONF="+s.path("softhsm2.conf"))
	for _, args := range [][]string{
		{"--init-token", "--free", "--label", "card", "--pin", "246810", "--so-pin", "13579111"},
		{"--import", s.path("card.key"), "--token", "card", "--label", "key", "--id", "01", "--pin", "246810"},
	} {
		cmd := exec.CommandContext(t.Context(), "softhsm2-util", args...)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("softhsm2-util %s: %v\n%s", args[0], err, out)
		}
	}
	out, err := s.login("SOFTHSM2_CONF="+s.path("softhsm2.conf"), "LANYARD_KEY=", "LANYARD_PKCS11="+module, "LANYARD_PIN=246810")
	if err != nil || !strings.Contains(out, "logout:") {
		t.Errorf("login.sh: %v\n%s", err, out)
	}
	out, err = s.login("SOFTHSM2_CONF="+s.path("softhsm2.conf"), "LANYARD_KEY=", "LANYARD_PKCS11="+module, "LANYARD_PIN=111111")
	if err == nil || !strings.Contains(out, "CKR_PIN_INCORRECT") || strings.Contains(out, "validate:") {
		t.Errorf("a wrong passcode: %v\n%s", err, out)
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
