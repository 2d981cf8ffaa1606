package contract_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// refusedLogin holds an answer to what deployed clients know a refusal by.
func refusedLogin(t *testing.T, p reply, status int, code, phrase string) {
	t.Helper()
	if p.status != status || value(p.body, "error_code") != code {
		t.Errorf("%d %s, want %d %s:\n%s", p.status, value(p.body, "error_code"), status, code, p.body)
	}
	for _, never := range []string{"sso_ticket", "sso_logout_url"} {
		if strings.Contains(p.body, never) {
			t.Errorf("a refusal holds %s:\n%s", never, p.body)
		}
	}
	for _, other := range []string{"Invalid input request", "Failed To Validate"} {
		if strings.Contains(p.body, other) != (other == phrase) {
			t.Errorf("a refusal %s must hold %q of the two phrases:\n%s", code, phrase, p.body)
		}
	}
	if value(p.body, "error_url") == "" || value(p.body, "error_text") == "" || strings.Contains(p.body, "<HTML>") {
		t.Errorf("not the document of a refusal:\n%s", p.body)
	}
	handsOff(t, p, "text/xml")
}

var refusedStatus = regexp.MustCompile(`^<HTML><STATUS>FAILED</STATUS><CODE>([A-Z-]+)</CODE></HTML>$`)

// refusedRole holds an answer to what clients know a refused role by: they
// look for two letters anywhere in the body.
func refusedRole(t *testing.T, p reply, code string) {
	t.Helper()
	if strings.Contains(strings.ToUpper(p.body), "OK") {
		t.Errorf("a client takes this for a yes:\n%s", p.body)
	}
	if m := refusedStatus.FindStringSubmatch(p.body); m == nil || m[1] != code {
		t.Errorf("%d %q, want the document with %s", p.status, p.body, code)
	}
	if p.status < 400 {
		t.Errorf("%s with status %d", code, p.status)
	}
	handsOff(t, p, "text/html")
}

// handsOff checks that nobody keeps an answer or passes its address on.
func handsOff(t *testing.T, p reply, kind string) {
	t.Helper()
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got, _, _ := strings.Cut(p.header.Get("Content-Type"), ";"); got != kind {
		t.Errorf("Content-Type %q, want %s", got, kind)
	}
	if p.header.Get("Location") != "" || p.header.Get("Transfer-Encoding") != "" || p.header.Get("Content-Length") == "" {
		t.Errorf("head of the answer:\n%s", p.head)
	}
	if strings.Contains(p.body, "\r") || strings.HasPrefix(p.body, "\ufeff") {
		t.Errorf("an answer with other line ends than LF, or with a mark before it: %q", p.body)
	}
}

const done = "<HTML><STATUS>OK</STATUS></HTML>"

func agreed(t *testing.T, what string, p reply) {
	t.Helper()
	if p.status != http.StatusOK || p.body != done {
		t.Errorf("%s: %d %q", what, p.status, p.body)
	}
	handsOff(t, p, "text/html")
}

func TestRefusedRequests(t *testing.T) {
	d, _ := newDesk(t, false)
	const unreadable = "Invalid input request"
	doubled := strings.Replace(activation(""), "</gpOBJECT>", `<gpPARAM name="service">ACTIVATION</gpPARAM></gpOBJECT>`, 1)
	for what, body := range map[string]string{
		"nothing": "", "no XML": "service=ACTIVATION", "cut off": activation("")[:200], "a name twice": doubled,
		"another step": strings.Replace(activation(""), "ACTIVATION", "LOGOUT", 1), "too large": activation("") + strings.Repeat(" ", 64<<10),
		"another method": strings.Replace(activation(""), `"auth_method">3`, `"auth_method">1`, 1),
		"an entity": `<!DOCTYPE USER [<!ENTITY x SYSTEM "file:///etc/hostname">]>` +
			`<gpOBJECT><gpPARAM name="service">ACTIVATION</gpPARAM><gpPARAM name="log_session_id">&x;</gpPARAM></gpOBJECT>`,
	} {
		t.Log(what)
		refusedLogin(t, d.send(http.MethodPost, "/login/authactivate", body), http.StatusBadRequest, "REQ-UNREADABLE", unreadable)
	}
	refusedLogin(t, d.send(http.MethodGet, "/login/authvalidate", ""), http.StatusBadRequest, "REQ-UNREADABLE", unreadable)
	refusedLogin(t, d.send(http.MethodPost, "/login/authvalidate", activation("")), http.StatusBadRequest, "REQ-UNREADABLE", unreadable)
}

func TestRefusedRoles(t *testing.T) {
	d, s := newDesk(t, false)
	ticket := url.QueryEscape(value(d.signOn(s.signer()).body, "sso_ticket"))
	for query, code := range map[string]string{
		"":                             "REQ-UNREADABLE",
		"token=" + ticket:              "REQ-UNREADABLE",
		"selectedRoleUid=900000001015": "REQ-UNREADABLE",
		"token=" + ticket + "&selectedRoleUid=900000001015&ssbMode=2": "REQ-UNREADABLE",
		"token=" + ticket + "&selectedRoleUid=900000001015&ssbMode=1": "ROLE-REFUSED",
		"token=" + ticket + "&selectedRoleUid=TOKEN":                  "ROLE-REFUSED",
		"token=" + ticket + "&token=x&selectedRoleUid=900000001015":   "REQ-UNREADABLE",
		"token=OK&selectedRoleUid=OK":                                 "SESSION-ENDED",
		"token=%OK&selectedRoleUid=900000001015":                      "REQ-UNREADABLE",
	} {
		refusedRole(t, d.selectRole(query), code)
	}
	refusedRole(t, d.send("BOOK", "/saml/RoleSelectionGP.jsp?token=OK", ""), "REQ-UNREADABLE")
}

// TestLogouts: the ways clients end a session, and what ends none.
func TestLogouts(t *testing.T) {
	d, s := newDesk(t, false)
	w := s.signer()
	welcome := d.signOn(w)
	ticket := value(welcome.body, "sso_ticket")
	target := value(welcome.body, "sso_logout_url") // handed to the library as it is
	alive := func() bool { return strings.Contains(d.assertion(ticket).body, "no role selected") }

	refusedLogin(t, d.send(http.MethodPost, target, "", "Content-Type: text/plain;charset=UTF-8"), http.StatusBadRequest, "REQ-UNREADABLE", "Invalid input request")
	refusedLogin(t, d.send(http.MethodGet, target, ""), http.StatusBadRequest, "REQ-UNREADABLE", "Invalid input request")
	refusedLogin(t, d.logout(http.MethodPost, target, "AQIC5wM2LY4SfcwrRGMHiyxMR3suYWqcF+B1j56GJ4xGut4=@AAJTSQACMDE=#"), http.StatusForbidden, "SESSION-ENDED", "")
	other := document("", "service", "LOGOUT", "sso_ticket", ticket, "uid", "900000000025")
	refusedLogin(t, d.send(http.MethodPost, target, other), http.StatusBadRequest, "REQ-UNREADABLE", "Invalid input request")
	if !alive() {
		t.Fatal("a refused logout ended the session")
	}
	agreed(t, "GET with a body", d.logout(http.MethodGet, target, ticket))
	if alive() {
		t.Error("the session lives after GET with a body")
	}
	agreed(t, "a second time", d.logout(http.MethodPost, target, ticket))

	ticket = value(d.signOn(w).body, "sso_ticket")
	agreed(t, "the least there is", d.send(http.MethodPost, target, document("", "service", "LOGOUT", "sso_ticket", ticket)))
	if alive() {
		t.Error("the session lives")
	}
}
