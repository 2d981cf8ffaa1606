package contract_test

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAccessManager does every request of the session API with curl, holds the
// answers over SOAP against the schemas, and listens to a session.
func TestAccessManager(t *testing.T) {
	got := make(chan string, 4)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.ContentLength != int64(len(body)) {
			t.Errorf("Content-Length %d for %d octets", r.ContentLength, len(body))
		}
		_, _ = io.WriteString(w, "OK")
		got <- string(body)
	}))
	defer app.Close()
	s := newSite(t)
	s.card()
	s.more = "\n[access_manager]\nlisteners = [\"" + strings.TrimPrefix(app.URL, "http://") + "\"]\n"
	d := s.desk()
	w := s.signer()
	first, second := value(d.signOn(w).body, "sso_ticket"), value(d.signOn(w).body, "sso_ticket")
	d.selectRole("token=" + url.QueryEscape(first) + "&selectedRoleUid=900000001015&ssbMode=0&fallbackStatus=0&gacVersion=x")
	s.write("first", []byte(first))
	s.write("second", []byte(second))
	folder := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "./accessmanager.sh")
	cmd.Env = append(os.Environ(), "LANYARD_SERVER=https://"+s.address, "LANYARD_CA="+s.path("root.crt"), "LANYARD_UID="+string(grace),
		"LANYARD_TICKET="+s.path("first"), "LANYARD_SECOND="+s.path("second"), "LANYARD_LISTENER="+app.URL+"/notify", "LANYARD_SAML="+folder)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("accessmanager.sh: %v\n%s\n%s", err, out, s.read("server.log"))
	}
	if n := strings.Count(string(out), ": ok\n"); n != 38 {
		t.Errorf("%d steps were taken\n%s", n, out)
	}
	for _, name := range []string{"AttributeQuery", "AuthenticationQuery", "AssertionArtifact", "AssertionIDReference", "Fault"} {
		if out, err := soapCheck(t, filepath.Join(folder, name+".xml")); err != nil {
			t.Errorf("%s against the schemas: %v\n%s", name, err, out)
		}
	}
	select {
	case text := <-got:
		told(t, text, second)
	case <-time.After(20 * time.Second):
		t.Error("the listener was not told")
	}
	if log := string(s.read("server.log")); strings.Contains(log, first[10:40]) || strings.Contains(log, second[10:40]) {
		t.Error("a ticket is in the log")
	}
}

// told holds a notification of the end of a session that another ended.
func told(t *testing.T, text, ticket string) {
	t.Helper()
	var set struct {
		Notification string
	}
	if err := xml.Unmarshal([]byte(text), &set); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<Session sid="` + ticket + `" stype="user" `, ` state="destroyed">`, "</Session><Type>5</Type><Time>"} {
		if !strings.Contains(set.Notification, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// soapCheck holds an envelope and what is in it against the schemas.
func soapCheck(t *testing.T, file string) (string, error) {
	t.Helper()
	const soap = `<xs:import namespace="http://schemas.xmlsoap.org/soap/envelope/" schemaLocation="/usr/share/xml/xmltooling/soap-envelope.xsd"/>` + "\n</xs:schema>"
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "soap.xsd"), []byte(strings.Replace(schema, "</xs:schema>", soap, 1)), 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "catalog.xml"), []byte(catalog), 0o600))
	cmd := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", filepath.Join(dir, "soap.xsd"), file)
	cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(dir, "catalog.xml"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}
