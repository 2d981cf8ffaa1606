package contract_test

import (
	"crypto"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestWelcome holds the answer to validate to the contract: all of it, in
// order, one parameter a line.
func TestWelcome(t *testing.T) {
	d, s := newDesk(t, false)
	p := d.signOn(s.signer())
	want := strings.NewReplacer("HOST", d.host, "TICKET", value(p.body, "sso_ticket")).Replace(
		`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE USER SYSTEM "https://HOST/login/dtd">
<gpOBJECT>
<gpPARAM name="log_session_id">Ao9qufl+uA</gpPARAM>
<gpPARAM name="error_url">https://HOST/login/error</gpPARAM>
<gpPARAM name="server_ip">127.0.0.1</gpPARAM>
<gpPARAM name="cn">Okafor Grace</gpPARAM>
<gpPARAM name="nhsjobrole0" id="900000001015" orgcode="RXX">A &amp; E  THE TRUST, "Clinical":"Clinical Provision":"Nurse Access Role"</gpPARAM>
<gpPARAM name="nhsjobrole1" id="900000001023" orgcode="RXX">A &amp; E  THE TRUST, "Admin &amp; Clerical":"Admin":"Clerk"</gpPARAM>
<gpPARAM name="gas_version">5.2.7</gpPARAM>
<gpPARAM name="sso_ticket">TICKET</gpPARAM>
<gpPARAM name="sso_domain">127.0.0.1</gpPARAM>
<gpPARAM name="sso_session_url">https://HOST/sessionmanager/session/update</gpPARAM>
<gpPARAM name="sso_max_session_time">600</gpPARAM>
<gpPARAM name="sso_keep_alive">true</gpPARAM>
<gpPARAM name="sso_session_time">60</gpPARAM>
<gpPARAM name="sso_logout_url">https://HOST/login/authlogout</gpPARAM>
<gpPARAM name="auth_method">3</gpPARAM>
<gpPARAM name="app_url">NHST</gpPARAM>
<gpPARAM name="service">AUTHENTICATION</gpPARAM>
</gpOBJECT>
`)
	if p.body != want {
		t.Errorf("got\n%s\nwant\n%s", p.body, want)
	}
	handsOff(t, p, "text/xml")
}

// lineRole reads a role line as the client does that splits answers on line
// ends: the first comma, then colons; a part that is not there ends it.
func lineRole(line string) []string {
	find := func(re string) string { return regexp.MustCompile(re).FindStringSubmatch(line)[1] }
	text := strings.Split(find(`>([^<]*)`), ",")
	job := strings.Split(text[1], ":")
	return []string{
		find(`id="([^"]*)`), find(`orgcode="([^"]*)`), text[0],
		strings.Trim(strings.TrimSpace(job[0]), `"`), strings.Trim(job[1], `"`), strings.Trim(job[2], `"`),
	}
}

func TestRegexReaders(t *testing.T) {
	d, s := newDesk(t, false)
	active := d.activate()
	loose := func(body, name string) string {
		return regexp.MustCompile(`(?:` + name + `">)([a-z,A-Z,0-9,/+=]*)`).FindStringSubmatch(body)[1]
	}
	for _, name := range []string{"challenge", "signature"} {
		if got := loose(active.body, name); got == "" || got != value(active.body, name) {
			t.Errorf("%s: a loose reader gets %q", name, got)
		}
	}
	p := d.answer(s.signer(), crypto.SHA256, active, indentedMIME)
	var lines []string
	for line := range strings.SplitSeq(p.body, "\n") {
		if strings.Contains(line, `name="nhsjobrole`) {
			lines = append(lines, strings.Join(lineRole(line), "|"))
		}
	}
	want := []string{
		"900000001015|RXX|A &amp; E  THE TRUST|Clinical|Clinical Provision|Nurse Access Role",
		"900000001023|RXX|A &amp; E  THE TRUST|Admin &amp; Clerical|Admin|Clerk",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("a client that reads lines sees\n%s", strings.Join(lines, "\n"))
	}
	strict := regexp.MustCompile(`<gpPARAM name="nhsjobrole\d+" id="([^"]+)" orgcode="([^"]+)">([^<]+)</gpPARAM>`)
	if n := len(strict.FindAllString(p.body, -1)); n != len(want) {
		t.Errorf("a client that reads the whole answer sees %d roles", n)
	}
	for _, name := range []string{"sso_ticket", "cn", "sso_logout_url"} {
		if regexp.MustCompile(`(?:` + name + `">)([^<]*)`).FindStringSubmatch(p.body)[1] != value(p.body, name) {
			t.Errorf("%s reads differently", name)
		}
	}
}

// stackReader is a deployed SAX reader: the name of an attribute is on its
// stack from the start tag to the end of the first value, and all text goes to
// it. The first character is then overwritten and blanks are dropped.
func stackReader(t *testing.T, document, key string) string {
	t.Helper()
	stack, text := []string{""}, ""
	elements(t, document, func(start *xml.StartElement, chars string) {
		switch {
		case start != nil && strings.EqualFold(qualified(start.Name), "saml:Attribute") && start.Attr[0].Value == key:
			stack = append(stack, key)
		case start == nil && chars == "" && len(stack) > 0:
			stack = stack[:len(stack)-1]
		case chars != "" && len(stack) > 0 && stack[len(stack)-1] == key:
			text += chars
		}
	})
	if text == "" {
		return ""
	}
	return strings.ReplaceAll(strings.ReplaceAll(" "+text[1:], " ", ""), "\n", ":")
}

// firstReader is another one: the first text inside an element
// saml:AttributeValue behind the attribute that is wanted.
func firstReader(t *testing.T, document, key string) string {
	t.Helper()
	var last, found string
	seen := false
	elements(t, document, func(start *xml.StartElement, chars string) {
		if start != nil {
			last = qualified(start.Name)
			seen = seen || last == "saml:Attribute" && start.Attr[0].Value == key
		}
		if chars != "" && seen && last == "saml:AttributeValue" && found == "" {
			found = chars
		}
	})
	return found
}

func qualified(n xml.Name) string { return n.Space + ":" + n.Local }

// elements calls back as SAX does: a start tag, text, or neither for an end.
func elements(t *testing.T, document string, call func(start *xml.StartElement, chars string)) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(document)); ; {
		token, err := d.RawToken()
		if err == io.EOF {
			return
		}
		check(t, err)
		switch k := token.(type) {
		case xml.StartElement:
			call(&k, "")
		case xml.EndElement:
			call(nil, "")
		case xml.CharData:
			call(nil, string(k))
		}
	}
}

// TestAssertionReaders reads the role assertion as deployed consumers do.
func TestAssertionReaders(t *testing.T) {
	d, s := newDesk(t, false)
	ticket := value(d.signOn(s.signer()).body, "sso_ticket")
	early := d.assertion(ticket)
	if !strings.Contains(early.body, `"samlp:Requester"`) || !strings.Contains(early.body, "no role selected") {
		t.Errorf("before a role is selected:\n%s", early.body)
	}
	nobody(t, early)
	agreed(t, "role", d.selectRole("token="+url.QueryEscape(ticket)+"&selectedRoleUid=900000001023"))
	p := d.assertion(ticket)
	if p.status != http.StatusOK || !strings.Contains(p.body, success) || !strings.HasPrefix(p.body, "<samlp:Response ") {
		t.Fatalf("%d %s", p.status, p.body)
	}
	handsOff(t, p, "text/xml")
	for key, want := range map[string]string{
		"uid":            string(grace),
		"nhsJobRoleCode": "S8000:G8000:R8001:S8001:G8001:R8008",
	} {
		if got := stackReader(t, p.body, key); got != want {
			t.Errorf("the reader with a stack gets %q as %s, want %q", got, key, want)
		}
	}
	for key, want := range map[string]string{"uid": string(grace), "ssbSessionRoleUid": "900000001023", "nhsJobRoleCode": "S8000:G8000:R8001", "ssbMode": "0"} {
		if got := firstReader(t, p.body, key); got != want {
			t.Errorf("the reader of first values gets %q as %s, want %q", got, key, want)
		}
	}
	layout(t, p.body, ticket)
	agreed(t, "logout", d.logout(http.MethodPost, "/login/authlogout", ticket))
	nobody(t, d.assertion(ticket))
}

// nobody checks that an answer asserts nothing about anybody.
func nobody(t *testing.T, p reply) {
	t.Helper()
	if p.status != http.StatusOK || strings.Contains(p.body, success) || strings.Contains(p.body, "<saml:Assertion") || strings.Contains(p.body, string(grace)) {
		t.Errorf("%d %s", p.status, p.body)
	}
	if strings.Count(p.body, "<samlp:StatusCode ") != 1 || !strings.Contains(p.body, "<samlp:StatusMessage>") {
		t.Errorf("status of\n%s", p.body)
	}
	handsOff(t, p, "text/xml")
}

// layout holds an assertion to what the contract says of it letter by letter.
func layout(t *testing.T, body, ticket string) {
	t.Helper()
	var names []string
	for _, m := range regexp.MustCompile(`<saml:Attribute AttributeName="([^"]+)" AttributeNamespace="http://www.syntegra.com">\n +<saml:AttributeValue>`).FindAllStringSubmatch(body, -1) {
		names = append(names, m[1])
	}
	const block = " nhsIdCode o nhsBusinessFunctions nhsBusinessFunctionsCodes nhsJobRole uniqueIdentifier nhsJobRoleCode"
	if got := strings.Join(names, " "); got != "ssbAssertionVersion cn uid ssbSessionRoleUid ssbMode"+block+block {
		t.Errorf("attributes %s", got)
	}
	if n := strings.Count(body, "<saml:AttributeValue>"); n != len(regexp.MustCompile(`\n +<saml:AttributeValue>`).FindAllString(body, -1)) {
		t.Errorf("one of %d values does not begin a line", n)
	}
	for _, part := range []string{
		`InResponseTo="null"`, `Recipient="127.0.0.1"`, `<saml:NameIdentifier NameQualifier="o=nhs">uid=900000000017,ou=People,o=nhs</saml:NameIdentifier>`,
		`<saml:ConfirmationMethod>urn:com:sun:identity</saml:ConfirmationMethod>`, `<saml:SubjectConfirmationData>` + ticket + `</saml:SubjectConfirmationData>`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("there is no %s in\n%s", part, body)
		}
	}
	at := func(name string) time.Time {
		m := regexp.MustCompile(name + `="([^"]+)"`).FindStringSubmatch(body)
		when, err := time.Parse("2006-01-02T15:04:05Z", m[1])
		check(t, err)
		return when
	}
	issued := at("IssueInstant")
	if from, to := at("NotBefore"), at("NotOnOrAfter"); issued.Sub(from) != 3*time.Minute || to.Sub(issued) != time.Minute {
		t.Errorf("valid from %s to %s, issued %s", from, to, issued)
	}
}

// TestLeastRequests: what no client has to send.
func TestLeastRequests(t *testing.T) {
	d, s := newDesk(t, false)
	p := d.send(http.MethodPost, "/login/authactivate", document("", "service", "ACTIVATION"))
	if value(p.body, "app_url") != "NHST" || !strings.Contains(p.body, `<gpPARAM name="log_session_id"></gpPARAM>`) {
		t.Errorf("activate: %s", p.body)
	}
	w := s.signer()
	active := d.activate()
	full := d.answer(w, crypto.SHA256, active, func(cms []byte) string {
		return b64(cms) + `</gpPARAM><gpPARAM name="of_the_future">1</gpPARAM><gpPARAM name="another">`
	})
	if full.status != http.StatusOK {
		t.Errorf("parameters that nobody knows: %d %s", full.status, full.body)
	}
	ticket := value(full.body, "sso_ticket")
	for _, target := range []string{value(full.body, "sso_session_url"), "/login/ssoupdate"} {
		agreed(t, target, d.send(http.MethodPost, target, document("   ", "service", "SESSIONUPDATE", "sso_ticket", ticket)))
	}
	refusedLogin(t, d.answer(w, crypto.SHA256, active, indentedMIME), http.StatusForbidden, "CHALLENGE-STALE", "Failed To Validate")
}

// TestOtherHostNames: addresses in answers are the configured ones, whatever
// name a client calls the server by.
func TestOtherHostNames(t *testing.T) {
	d, s := newDesk(t, false)
	own := d.host
	d.host = strings.Replace(own, "127.0.0.1", "localhost", 1)
	d.tls.ServerName = "localhost"
	p := d.signOn(s.signer())
	for _, name := range []string{"sso_session_url", "sso_logout_url", "error_url"} {
		if got := value(p.body, name); !strings.HasPrefix(got, "https://"+own+"/") {
			t.Errorf("%s is %q", name, got)
		}
	}
	agreed(t, "logout at the address given", d.logout(http.MethodPost, value(p.body, "sso_logout_url"), value(p.body, "sso_ticket")))
}
