package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lanyard/broker/server"
)

func (r *realm) getSession(ticket string, reset bool) string {
	r.t.Helper()
	return r.responses("session", request(fmt.Sprintf(`GetSession reset="%t"`, reset), sid(ticket)))[0]
}

// c66 is a ticket in the other spelling that clients know.
func c66(ticket string) string {
	return strings.NewReplacer("=", ".", "@", "*", "#", "*").Replace(ticket)
}

func TestGetSession(t *testing.T) {
	r := start(t)
	ticket := r.signOnGrace()
	r.selectRole(ticket, nurse)
	r.clock.add(10*time.Second + time.Millisecond)
	inner := r.getSession(ticket, false)
	s := readSession(t, inner)
	if s.id != ticket || s.state != "valid" || s.numbers["maxtime"] != 600 || s.numbers["maxidle"] != 30 || s.numbers["maxcaching"] != 3 ||
		s.numbers["timeidle"] != 10 || s.numbers["timeleft"] < 35980 || s.numbers["timeleft"] > 35990 {
		t.Errorf("%+v", s)
	}
	for name, want := range map[string]string{
		"UserId": string(grace), "Principal": "uid=900000000017,ou=People,o=nhs", "Organization": "o=nhs", "Host": "10.0.0.7",
		"ssbSessionRoleUid": nurse, "ssbMode": "0", "AuthType": "ExtendedLoginModule", "amlbcookie": "01", "UserToken": string(grace),
	} {
		if s.properties[name] != want {
			t.Errorf("%s is %q, want %q", name, s.properties[name], want)
		}
	}
	if got := readSession(t, r.getSession(ticket, true)).numbers["timeidle"]; got != 0 {
		t.Errorf("idle for %d s after a reset", got)
	}
	for _, spelling := range []string{ticket, strings.TrimSuffix(ticket, "#"), c66(ticket)} {
		inner := r.getSession(spelling, false)
		for _, text := range []string{`<Property name="SessionHandle" value="shandle:` + spelling + `"></Property>`, `<Session sid="` + spelling + `" stype="user" cid="`} {
			if !strings.Contains(inner, text) {
				t.Errorf("no %s in\n%s", text, inner)
			}
		}
	}
}

// TestTouches: asking is no use of a session, but where it says so.
func TestTouches(t *testing.T) {
	r := start(t)
	ticket := r.signOnGrace()
	r.keepAlive(ticket)
	for i := range 4 {
		r.clock.add(29 * time.Minute)
		if s := readSession(t, r.getSession(ticket, true)); s.numbers["timeidle"] != 0 {
			t.Errorf("round %d: %+v", i, s)
		}
	}
	r.clock.add(20 * time.Minute)
	r.getSession(ticket, false)
	r.identity("isTokenValid?tokenid=", ticket)
	r.json(ticket, "isActive")
	if got := r.json(ticket, "getIdle"); got != `{"idletime":1200}` {
		t.Error(got)
	}
	r.clock.add(11 * time.Minute)
	if got := exception(r.getSession(ticket, true)); got != ticket+" Session timed out." {
		t.Errorf("exception %q", got)
	}
}

func TestExceptions(t *testing.T) {
	r := start(t)
	ticket, second, ended := r.signOnGrace(), r.signOnGrace(), r.signOnGrace()
	others := r.signOn(r.issue(ivor))
	r.logout(ended)
	invalid := func(id string) string { return id + " Invalid session ID." + id }
	const no = " No privilege to perform this operation."
	destroy := func(own, other string) string {
		return request("DestroySession", sid(own)+"<DestroySessionID>"+other+"</DestroySessionID>")
	}
	property := func(name, value string) string {
		return request("SetProperty", sid(ticket)+`<Property name="`+name+`" value="`+value+`"></Property>`)
	}
	object := strings.Replace(request("GetSession", sid(ticket)), "<SessionRequest", `<SessionRequest requester="b2JqZWN0OnJPMEFC"`, 1)
	for name, c := range map[string]struct{ request, text string }{
		"ended":               {request("GetSession", sid(ended)), invalid(ended)},
		"nobody's":            {request("GetSession", sid("AQIC&amp;x")), "AQIC&amp;x Invalid session ID.AQIC&amp;x"},
		"logout of an end":    {request("Logout", sid(ended)), invalid(ended)},
		"property of an end":  {strings.ReplaceAll(property("a", "b"), ticket, ended), invalid(ended)},
		"protected":           {property("UserId", "1"), ticket + no},
		"too large":           {property("a", strings.Repeat("x", 1025)), ticket + no},
		"end of another's":    {destroy(ticket, others), ticket + no},
		"end of an end":       {destroy(ticket, ended), invalid(ended)},
		"end by an end":       {destroy(ended, ticket), invalid(ended)},
		"all sessions":        {request("GetValidSessions", sid(ticket)), ticket + " Unknown request method."},
		"without an id":       {request("GetValidSessions", ""), "Unknown request method."},
		"count":               {request("GetSessionCount", sid(ticket)+"<UUID>x</UUID>"), ticket + " Unknown request method."},
		"object of Java":      {object, ticket + no},
		"listener from afar":  {request("AddSessionListener", "<URL>https://evil.example/</URL>"+sid(ticket)), ticket + no},
		"listener of an end":  {request("AddSessionListener", "<URL>https://evil.example/</URL>"+sid(ended)), invalid(ended)},
		"of a later protocol": {request("Teleport", sid(ticket)), ticket + " Unknown request method."},
	} {
		inner := r.responses("Session", c.request)[0]
		if got := exception(inner); got != c.text {
			t.Errorf("%s: %q, want %q", name, got, c.text)
		}
		if strings.Contains(inner, "Application token passed in") {
			t.Errorf("%s: the library would ask again without end", name)
		}
	}
	both := r.responses("session", destroy(ticket, second), request("Logout", sid(ticket)), request("GetSession", sid(ticket)))
	for i, want := range []string{
		`<SessionResponse vers="1.0" reqid="6"><DestroySession><OK></OK></DestroySession></SessionResponse>`,
		`<SessionResponse vers="1.0" reqid="6"><Logout><OK></OK></Logout></SessionResponse>`,
		`<SessionResponse vers="1.0" reqid="6"><GetSession><Exception>` + invalid(ticket) + `</Exception></GetSession></SessionResponse>`,
	} {
		if both[i] != want {
			t.Errorf("%s\nwant\n%s", both[i], want)
		}
	}
	r.getSession(others, false)
}

func TestPLLTransport(t *testing.T) {
	r := start(t)
	for _, path := range []string{"/amserver/sessionservice", "/amserver/namingservice", "//amserver/namingservice"} {
		if p := r.send(http.MethodGet, path, ""); p.status != http.StatusOK || p.body != "OpenSSO" {
			t.Errorf("%s: %d %q", path, p.status, p.body)
		}
	}
	ticket := r.signOnGrace()
	for name, body := range map[string]string{
		"empty":            "",
		"text":             ticket,
		"document type":    "<!DOCTYPE a [<!ENTITY b SYSTEM 'https://canary.example/'>]>" + requestSet("session", request("GetSession", sid("&b;"))),
		"another service":  requestSet("policy", request("GetSession", sid(ticket))),
		"no request in it": requestSet("session", "<a></a>"),
		"one of two is":    requestSet("session", request("Logout", sid(ticket)), "<a></a>"),
		"too large":        requestSet("session", request("GetSession", sid(strings.Repeat("x", 33<<10)))),
	} {
		if p := r.send(http.MethodPost, "/amserver/sessionservice", body); p.status != http.StatusBadRequest || strings.Contains(p.body, ticket) {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	readSession(t, r.getSession(ticket, false)) // nothing was done by halves
	largest := requestSet("session", request("GetSession", sid(ticket)))
	largest += strings.Repeat(" ", 16384-len(largest))
	if p := r.send(http.MethodPost, "/amserver/sessionservice", largest, "Cookie", "iPlanetDirectoryPro="+ticket+";amlbcookie=null"); p.status != http.StatusOK {
		t.Errorf("16,384 octets: %d %s", p.status, p.body)
	}
}

func TestNaming(t *testing.T) {
	r := start(t, func(c *server.Config) {
		c.Base = "https://gas.example.org"
		c.AccessManager.Prefixes = []string{"/amserver", "/openam"}
	})
	ticket := r.signOnGrace()
	for _, q := range []string{
		`<NamingRequest vers="3.0" reqid="2" sessid="` + ticket + `"><GetNamingProfile></GetNamingProfile></NamingRequest>`,
		`<NamingRequest vers="2.0" reqid="2"><GetNamingProfile/></NamingRequest>`,
		`<NamingRequest vers="1.0" reqid="2" sessid="AQICnobody"><GetNamingProfile></GetNamingProfile></NamingRequest>`,
	} {
		inner := r.responses("com.iplanet.am.naming", q)[0]
		if !strings.HasPrefix(inner, `<NamingResponse vers="1.0" reqid="2"><GetNamingProfile><Attribute name="`) {
			t.Error(inner)
		}
		table := namingTable(t, inner, ticket)
		for name, want := range map[string]string{
			"01": "https://gas.example.org:443", "iplanet-am-platform-site-id-list": "01",
			"iplanet-am-naming-session-url": "https://gas.example.org:443/amserver/sessionservice",
			"sun-naming-idsvcs-rest-url":    "https://gas.example.org:443/amserver/identity/",
		} {
			if table[name] != want {
				t.Errorf("%s is %q, want %q", name, table[name], want)
			}
		}
	}
	p := r.send(http.MethodPost, "/openam/namingservice", requestSet("naming", `<NamingRequest vers="3.0" reqid="2"><GetNamingProfile></GetNamingProfile></NamingRequest>`))
	if !strings.Contains(p.body, `value="https://gas.example.org:443/openam/sessionservice"></Attribute>`) {
		t.Errorf("%d %s", p.status, p.body)
	}
}

func (r *realm) identity(call, ticket string) reply {
	r.t.Helper()
	return r.send(http.MethodGet, "/amserver/identity/"+call+url.QueryEscape(ticket), "")
}

func (r *realm) json(ticket, action string) string {
	r.t.Helper()
	p := r.send(http.MethodPost, "/amserver/json/sessions/"+url.PathEscape(ticket)+"?_action="+action, "", "Content-Type", "application/json")
	if p.status != http.StatusOK {
		r.t.Errorf("%s: %d %s", action, p.status, p.body)
	}
	return p.body
}

func TestIdentity(t *testing.T) {
	r := start(t)
	ticket := r.signOnGrace()
	r.selectRole(ticket, nurse)
	told := func(call, ticket string, status int, body string) {
		t.Helper()
		if p := r.identity(call, ticket); p.status != status || !strings.HasPrefix(p.body, body) {
			t.Errorf("%s: %d %s", call, p.status, p.body)
		}
	}
	told("isTokenValid?tokenid=", ticket, http.StatusOK, "boolean=true\n")
	told("isTokenValid?tokenid=", c66(ticket), http.StatusOK, "boolean=true\n")
	told("isTokenValid?tokenid=", "AQIC", http.StatusOK, "boolean=false\n")
	told("isTokenValid?tokenid=", "", http.StatusUnauthorized, "exception.name=com.sun.identity.idsvcs.GeneralFailure ")
	told("attributes?subjectid=", ticket, http.StatusOK, "userdetails.token.id="+ticket+"\nuserdetails.role="+nurse+"\nuserdetails.role="+clerk+
		"\nuserdetails.attribute.name=uid\nuserdetails.attribute.value="+string(grace)+"\nuserdetails.attribute.name=cn\nuserdetails.attribute.value=Okafor Grace\n")
	told("logout?subjectid=", ticket, http.StatusOK, "")
	told("isTokenValid?tokenid=", ticket, http.StatusOK, "boolean=false\n")
	for _, call := range []string{"logout?subjectid=", "attributes?subjectid="} {
		told(call, ticket, http.StatusUnauthorized, "exception.name=com.sun.identity.idsvcs.TokenExpired ")
	}
}

func TestJSONSessions(t *testing.T) {
	r := start(t)
	ticket := r.signOnGrace()
	r.keepAlive(ticket)
	r.clock.add(20 * time.Minute)
	const dead = "AQICdead"
	for _, c := range []struct{ action, live, dead string }{
		{"validate", `{"valid":true,"uid":"900000000017","realm":"/"}`, `{"valid":false}`},
		{"isActive", `{"active":true}`, `{"active":false}`},
		{"getIdle", `{"idletime":1200}`, `{"idletime":-1}`},
		{"getMaxIdle", `{"maxidletime":30}`, `{"maxidletime":-1}`},
		{"getMaxSessionTime", `{"maxsessiontime":600}`, `{"maxsessiontime":-1}`},
		{"getTimeLeft", `{"maxtime":347`, `{"maxtime":-1}`},
		{"refresh", `{"uid":"900000000017","realm":"/","idletime":0,"maxidletime":30,"maxsessiontime":600,"maxtime":347`, `{"valid":false}`},
		{"logout", `{"result":"Successfully logged out"}`, `{"result":"Token has expired"}`},
	} {
		if got := r.json(c66(ticket), c.action); !strings.HasPrefix(got, c.live) {
			t.Errorf("%s: %s", c.action, got)
		}
		if got := r.json(dead, c.action); got != c.dead {
			t.Errorf("%s of nobody's: %s", c.action, got)
		}
	}
	if got := r.json(ticket, "validate"); got != `{"valid":false}` {
		t.Error(got)
	}
	for _, path := range []string{"/" + ticket + "?_action=fly", "/" + ticket, "/?_action=validate", "?_action=validate"} {
		if p := r.send(http.MethodPost, "/amserver/json/sessions"+strings.ReplaceAll(path, "#", "%23"), ""); p.status != http.StatusBadRequest && p.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.status)
		}
	}
}

func soapRequest(question string) string {
	return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:Request xmlns:p="urn:oasis:names:tc:SAML:1.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:1.0:assertion" RequestID="s1" MajorVersion="1" MinorVersion="1" IssueInstant="2026-11-24T09:00:00Z">` +
		question + `</p:Request></e:Body></e:Envelope>`
}

func samlQuery(name, uid, ticket string) string {
	return `<p:` + name + `><a:Subject><a:NameIdentifier>uid=` + uid + `,ou=People,o=nhs</a:NameIdentifier><a:SubjectConfirmation><a:ConfirmationMethod>urn:com:sun:identity</a:ConfirmationMethod><a:SubjectConfirmationData>` +
		ticket + `</a:SubjectConfirmationData></a:SubjectConfirmation></a:Subject></p:` + name + `>`
}

func TestSOAP(t *testing.T) {
	r := start(t)
	ticket, fresh := r.signOnGrace(), r.signOnGrace()
	r.selectRole(ticket, nurse)
	for name, c := range map[string]struct {
		body   string
		status int
		holds  []string
	}{
		"attributes":     {soapRequest(samlQuery("AttributeQuery", string(grace), ticket)), 200, []string{success, `InResponseTo="s1"`, "<saml:AttributeStatement>", nurse, ticket}},
		"authentication": {soapRequest(samlQuery("AuthenticationQuery", string(grace), c66(ticket))), 200, []string{success, "<saml:AuthenticationStatement ", ticket}},
		"no role yet":    {soapRequest(samlQuery("AttributeQuery", string(grace), fresh)), 200, []string{"samlp:Requester", "<samlp:StatusMessage>no role selected</samlp:StatusMessage>"}},
		"another's name": {soapRequest(samlQuery("AttributeQuery", string(ivor), ticket)), 200, []string{"samlp:Requester", "SESSION-ENDED"}},
		"nobody's":       {soapRequest(samlQuery("AuthenticationQuery", string(grace), "AQIC")), 200, []string{"samlp:Requester", "SESSION-ENDED"}},
		"artifact":       {soapRequest("<p:AssertionArtifact>AAE=</p:AssertionArtifact>"), 200, []string{"samlp:Requester", "unknown", `InResponseTo="s1"`}},
		"reference":      {soapRequest("<a:AssertionIDReference>s2</a:AssertionIDReference>"), 200, []string{"samlp:Requester", "unknown"}},
		"SAML 1.2":       {strings.Replace(soapRequest(samlQuery("AttributeQuery", string(grace), ticket)), `MinorVersion="1"`, `MinorVersion="2"`, 1), 200, []string{"samlp:VersionMismatch"}},
		"no envelope":    {"<a></a>", 500, []string{"<faultcode>soap-env:Client</faultcode>", "REQ-UNREADABLE"}},
		"two tickets":    {soapRequest(samlQuery("AttributeQuery", string(grace), ticket+"</a:SubjectConfirmationData><a:SubjectConfirmationData>"+fresh)), 500, []string{"<soap-env:Fault>"}},
	} {
		p := r.send(http.MethodPost, "/amserver/SAMLSOAPReceiver", c.body, "SOAPAction", "http://www.oasis-open.org/committees/security")
		if p.status != c.status || !strings.HasPrefix(p.body, `<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"><soap-env:Body>`) {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
		for _, text := range c.holds {
			if !strings.Contains(p.body, text) {
				t.Errorf("%s: no %s in\n%s", name, text, p.body)
			}
		}
	}
}
