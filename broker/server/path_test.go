package server_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lanyard/broker/ca"
)

func names(t *testing.T, p reply) []string {
	t.Helper()
	var all []string
	for _, q := range p.object(t).Params {
		all = append(all, q.Name)
	}
	return all
}

func TestActivate(t *testing.T) {
	r := start(t)
	p := r.activate()
	want := []string{
		"gas_version", "signature", "server_ip", "ssp_url", "app_url", "log_session_id", "service", "error_url", "ticket",
		"auth_method", "reply_url", "challenge", "download_gac_url", "latest_gac_version", "signature_digests",
	}
	if got := names(t, p); !slices.Equal(got, want) {
		t.Errorf("names %v\nwant %v", got, want)
	}
	for name, value := range map[string]string{
		"server_ip": "127.0.0.1", "ssp_url": "", "app_url": "NHST", "log_session_id": "a1b2", "service": "ACTIVATION", "ticket": "",
		"auth_method": "3", "reply_url": r.base + "/login/authvalidate", "download_gac_url": "", "latest_gac_version": "3.9.1",
		"signature_digests": "sha256",
	} {
		if got := p.get(t, name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	octets, err := base64.StdEncoding.DecodeString(p.get(t, "challenge"))
	if err != nil || len(octets) != 48 {
		t.Fatalf("challenge of %d octets: %v", len(octets), err)
	}
	random, err := hex.DecodeString(string(octets))
	if err != nil {
		t.Fatalf("challenge is no text of hexadecimal digits: %v", err)
	}
	made := time.UnixMilli(int64(binary.BigEndian.Uint64(random[8:])))
	if d := time.Since(made); d < -time.Second || d > time.Minute {
		t.Errorf("challenge is dated %v ago", d)
	}
	if !strings.Contains(p.body, `<!DOCTYPE USER SYSTEM "`+r.base+`/login/dtd">`) {
		t.Errorf("DOCTYPE is another:\n%s", p.body)
	}
	if dtd := r.send(http.MethodGet, "/login/dtd", ""); dtd.status != http.StatusOK || !strings.Contains(dtd.body, "<!ELEMENT gpOBJECT (gpPARAM*)>") {
		t.Errorf("DTD: %d %s", dtd.status, dtd.body)
	}
}

// lineReader reads as a deployed client does: line by line, by regular expression.
func lineReader(body, name string) string {
	re := regexp.MustCompile(`name="` + name + `">([^<]+)</gpPARAM>`)
	for line := range strings.SplitSeq(body, "\n") {
		if m := re.FindStringSubmatch(line); m != nil {
			return m[1]
		}
	}
	return ""
}

func TestValidateAnswer(t *testing.T) {
	r := start(t)
	p := r.try(r.issue(grace))
	want := []string{
		"log_session_id", "error_url", "server_ip", "cn", "nhsjobrole0", "nhsjobrole1", "gas_version", "sso_ticket", "sso_domain",
		"sso_session_url", "sso_max_session_time", "sso_keep_alive", "sso_session_time", "sso_logout_url", "auth_method", "app_url", "service",
	}
	if got := names(t, p); !slices.Equal(got, want) {
		t.Errorf("names %v\nwant %v", got, want)
	}
	for name, value := range map[string]string{
		"cn": "Okafor Grace", "sso_domain": "127.0.0.1", "sso_max_session_time": "600", "sso_session_time": "30", "sso_keep_alive": "true",
		"sso_session_url": r.base + "/sessionmanager/session/update", "sso_logout_url": r.base + "/login/authlogout",
		"auth_method": "3", "app_url": "NHST", "service": "AUTHENTICATION", "log_session_id": "a1b2",
	} {
		if got := lineReader(p.body, name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	roles := []string{
		`<gpPARAM name="nhsjobrole0" id="900000001015" orgcode="RXX">THE TRUST, "Clinical":"Clinical Provision":"Nurse Access Role"</gpPARAM>`,
		`<gpPARAM name="nhsjobrole1" id="900000001023" orgcode="RXX">THE TRUST  NORTH, "Admin &amp; Clerical":"Admin  Support":"Clerk, Ward"</gpPARAM>`,
	}
	lines := strings.Split(p.body, "\n")
	for _, role := range roles {
		if !slices.Contains(lines, role) {
			t.Errorf("line is missing: %s\n%s", role, p.body)
		}
	}
	ticket := lineReader(p.body, "sso_ticket")
	if !strings.HasPrefix(ticket, "AQIC") || !strings.HasSuffix(ticket, "=@AAJTSQACMDE=#") || len(ticket) > 253 {
		t.Errorf("ticket of another form, %d octets", len(ticket))
	}
	if c, ref := p.header.Get("Cache-Control"), p.header.Get("Referrer-Policy"); c != "no-store" || ref != "no-referrer" {
		t.Errorf("Cache-Control %q, Referrer-Policy %q", c, ref)
	}
}

func TestWholePath(t *testing.T) {
	for name, change := range map[string]func(*ca.Request){
		"P-256":    func(*ca.Request) {},
		"RSA 2048": func(q *ca.Request) { q.Public = rsaKey().Public() },
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t)
			c := r.issue(grace, change)
			if name == "RSA 2048" {
				c.key = rsaKey()
			}
			r.walk(r.signOn(c))
		})
	}
}

// walk goes from a ticket to the end of its session.
func (r *realm) walk(ticket string) {
	r.t.Helper()
	if p := r.assertion(ticket); p.status != http.StatusOK || !strings.Contains(p.body, "no role selected") || strings.Contains(p.body, "saml:Assertion") {
		r.t.Errorf("before a role is selected: %d %s", p.status, p.body)
	}
	if p := r.selectRole(ticket, nurse); p.status != http.StatusOK || p.body != yes {
		r.t.Errorf("role selection: %d %s", p.status, p.body)
	}
	p := r.assertion(ticket)
	for _, part := range []string{
		success, `>` + string(grace) + `</saml:AttributeValue>`, nurse, clerk,
		"<saml:SubjectConfirmationData>" + ticket + "</saml:SubjectConfirmationData>", `Issuer="` + r.base + `"`, `Recipient="127.0.0.1"`, `InResponseTo="null"`,
	} {
		if !strings.Contains(p.body, part) {
			r.t.Errorf("assertion lacks %s:\n%s", part, p.body)
		}
	}
	if strings.Contains(p.body, past) {
		r.t.Error("assertion holds a closed role")
	}
	if p := r.keepAlive(ticket); p.status != http.StatusOK || p.body != yes {
		r.t.Errorf("keep alive: %d %s", p.status, p.body)
	}
	for range 2 { // the second time there is nothing left to end
		if p := r.logout(ticket); p.status != http.StatusOK || p.body != yes {
			r.t.Errorf("logout: %d %s", p.status, p.body)
		}
	}
	if p := r.assertion(ticket); p.status != http.StatusOK || !strings.Contains(p.body, "samlp:Requester") || strings.Contains(p.body, "saml:Assertion") {
		r.t.Errorf("after logout: %d %s", p.status, p.body)
	}
}

// TestTicketSpellings: clients send tickets as they come out of their HTTP
// libraries.
func TestTicketSpellings(t *testing.T) {
	r := start(t)
	ticket := r.signOn(r.issue(grace))
	cut := strings.TrimSuffix(ticket, "#")
	role := "&selectedRoleUid=" + nurse
	for name, query := range map[string]string{
		"encoded":             "?token=" + url.QueryEscape(ticket) + role,
		"bare, cut at the #":  "?selectedRoleUid=" + nurse + "&token=" + cut,
		"cut and role behind": "?token=" + cut + role,
	} {
		if p := r.send(http.MethodGet, "/saml/RoleSelectionGP.jsp"+query, ""); p.body != yes {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	if p := r.send(http.MethodPost, "/saml/RoleSelectionGP.jsp", "token="+url.QueryEscape(ticket)+role, "Content-Type", "text/plain"); p.body != yes {
		t.Errorf("form: %d %s", p.status, p.body)
	}
	p := r.assertion(cut)
	if !strings.Contains(p.body, ">"+ticket+"<") {
		t.Error("the assertion does not hold the ticket as it was issued")
	}
	if p := r.send(http.MethodGet, "/saml/RoleSelectionGP.jsp?token="+cut, ""); p.status != http.StatusBadRequest || !strings.Contains(p.body, "REQ-UNREADABLE") {
		t.Errorf("role lost behind the #: %d %s", p.status, p.body)
	}
}

func TestLogoutByGet(t *testing.T) {
	r := start(t)
	ticket := r.signOn(r.issue(grace))
	body := object("service", "LOGOUT", "sso_ticket", ticket).Append(nil, "")
	if p := r.send(http.MethodGet, "/login/authlogout", string(body)); p.body != yes {
		t.Errorf("logout by GET: %d %s", p.status, p.body)
	}
	if p := r.keepAlive(ticket); p.status != http.StatusForbidden || p.get(t, "error_code") != "SESSION-ENDED" {
		t.Errorf("keep alive after logout: %d %s", p.status, p.body)
	}
}

func TestHeadersNobodyNeeds(t *testing.T) {
	r := start(t)
	doc := "\n\n    " + string(activation().Append(nil, "gpOBJECT.DTD"))
	for name, header := range map[string][]string{
		"none":            {},
		"agent":           {"User-Agent", "Mozilla/4.0(compatible;IE;GACv10. 0. 0. 1)", "Content-Type", "text/plain"},
		"broken":          {"Analytics", "{not json", "Content-Type", "x"},
		"512 kB of facts": {"Analytics", `{"ATR":"` + strings.Repeat("3B", 256<<10-8) + `"}`},
	} {
		if p := r.send(http.MethodPost, "/login/authactivate", doc, header...); p.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
}
