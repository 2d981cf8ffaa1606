package clienttest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/wire/answer"
	"lanyard/broker/wire/gpobject"
)

const okBody = "<HTML><STATUS>OK</STATUS></HTML>"

// serve answers one request as the contract says, unless it is to fail.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, Seen{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Clone()})
	fault := s.faults[r.URL.Path]
	if all := s.faults[""]; !all.none() {
		fault = all
	}
	edit := s.edit[r.URL.Path]
	s.mu.Unlock()
	if !fault.none() {
		s.fail(w, r, fault)
		return
	}
	status, text := s.answer(r, body)
	if edit != nil {
		text = edit(text)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Request-Id", "ab12")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// answer routes.
func (s *Server) answer(r *http.Request, body []byte) (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.Path {
	case Activate:
		return s.activate(body)
	case Validate:
		return s.validate(body)
	case Logout, Update, OldUpdate:
		return s.named(r.URL.Path, body)
	case Select:
		return s.selectRole(r)
	case Assertion:
		return s.assertion(r)
	case Peek:
		return s.peek(string(body))
	case Sessions:
		return s.places(r)
	default:
		return http.StatusNotFound, "nothing here"
	}
}

func (s *Server) activate(body []byte) (int, string) {
	o, err := gpobject.Decode(body)
	if err != nil {
		return s.no(failure.ReqUnreadable)
	}
	octets := make([]byte, broker.ChallengeSize)
	_, _ = rand.Read(octets)
	challenge := base64.StdEncoding.EncodeToString(octets)
	s.given[challenge] = "sealed"
	logID, _ := o.Get("log_session_id")
	out := new(gpobject.Object).
		Set("gas_version", "test").Set("signature", "sealed").Set("server_ip", "127.0.0.1").Set("ssp_url", "").
		Set("app_url", "NHST").Set("log_session_id", logID).Set("service", "ACTIVATION").Set("error_url", s.url("/login/error")).
		Set("ticket", "").Set("auth_method", "3").Set("reply_url", s.url(Validate)).Set("challenge", challenge).
		Set("download_gac_url", "").Set("latest_gac_version", "3.9.1").Set("signature_digests", "sha256")
	return http.StatusOK, string(out.Append(nil, s.url("/login/dtd")))
}

func (s *Server) validate(body []byte) (int, string) {
	o, err := gpobject.Decode(body)
	if err != nil {
		return s.no(failure.ReqUnreadable)
	}
	challenge, _ := o.Get("challenge")
	signature, _ := o.Get("signature")
	response, _ := o.Get("response")
	uid, _ := o.Get("uid")
	if s.given[challenge] == "" || s.given[challenge] != signature {
		return s.no(failure.ChallengeStale)
	}
	delete(s.given, challenge)
	octets, _ := base64.StdEncoding.DecodeString(challenge)
	der, err := answer.Unwrap(response)
	if err != nil {
		return s.no(failure.ReqUnreadable)
	}
	a, err := answer.Parse(der)
	if err != nil || string(a.Content) != string(octets) || a.Verify() != nil {
		return s.no(failure.SigWrong)
	}
	if s.Old {
		return http.StatusOK, s.oldLayout(s.grant(broker.UID(uid)))
	}
	return http.StatusOK, s.newLayout(s.grant(broker.UID(uid)))
}

// newLayout is the validate answer in the order of the real service.
func (s *Server) newLayout(ticket string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE USER SYSTEM %q>\n<gpOBJECT>\n", s.url("/login/dtd"))
	line := func(name, value string) { fmt.Fprintf(&b, "<gpPARAM name=%q>%s</gpPARAM>\n", name, value) }
	line("log_session_id", "x")
	line("error_url", s.url("/login/error"))
	line("server_ip", "127.0.0.1")
	line("cn", "Other An")
	for i := range s.NumRoles {
		fmt.Fprintf(&b, "<gpPARAM name=\"nhsjobrole%d\" id=\"55550000%d\" orgcode=\"T1431\">"+
			`THE TRUST, "Admin & Clerical":"Admin":"Clerk %d"`+"</gpPARAM>\n", i, i, i)
	}
	line("gas_version", "test")
	line("sso_ticket", ticket)
	line("sso_domain", "local")
	line("sso_session_url", s.url(Update))
	line("sso_max_session_time", "600")
	line("sso_keep_alive", fmt.Sprint(!s.Passive))
	line("sso_session_time", "600")
	line("sso_logout_url", s.url(Logout))
	line("auth_method", "3")
	line("app_url", "NHST")
	line("service", "AUTHENTICATION")
	b.WriteString("</gpOBJECT>\n")
	return b.String()
}

// oldLayout is the second one that is known: another order, roles without
// orgcode, a relative address, another idle time.
func (s *Server) oldLayout(ticket string) string {
	return `  <?xml version="1.0" encoding="UTF-8"?>
  <gpOBJECT>
  <gpPARAM name="sso_ticket">` + ticket + `</gpPARAM>
  <gpPARAM name="sso_logout_url">../login/authlogout</gpPARAM>
  <gpPARAM name="sso_session_url">../login/ssoupdate</gpPARAM>
  <gpPARAM name="sso_session_time">300</gpPARAM>
  <gpPARAM name="sso_max_session_time">600</gpPARAM>
  <gpPARAM name="sso_keep_alive">true</gpPARAM>
  <gpPARAM name="nhsjobrole1" id="555500001">THE TRUST, "Clinical":"Clinical Provision":"Nurse Access Role"</gpPARAM>
  <gpPARAM name="nhsjobrole0" id="555500000">THE TRUST, "Admin &amp; Clerical":"Admin":"Clerk"</gpPARAM>
  <gpPARAM name="cn">Other An</gpPARAM>
  </gpOBJECT>`
}

// named answers requests whose gpOBJECT names a ticket.
func (s *Server) named(path string, body []byte) (int, string) {
	o, err := gpobject.Decode(body)
	if err != nil {
		return s.no(failure.ReqUnreadable)
	}
	ticket, _ := o.Get("sso_ticket")
	service, _ := o.Get("service")
	if want := map[bool]string{true: "LOGOUT", false: "SESSIONUPDATE"}[path == Logout]; service != want {
		return s.no(failure.ReqUnreadable)
	}
	if s.tickets[ticket] == "" {
		return s.no(failure.SessionEnded)
	}
	if path == Logout {
		delete(s.tickets, ticket)
	}
	return http.StatusOK, okBody
}

func (s *Server) selectRole(r *http.Request) (int, string) {
	q := r.URL.Query()
	switch {
	case s.tickets[q.Get("token")] == "":
		return http.StatusForbidden, "<HTML><STATUS>FAILED</STATUS><CODE>SESSION-ENDED</CODE></HTML>"
	case !strings.HasPrefix(q.Get("selectedRoleUid"), "5555"):
		return http.StatusForbidden, "<HTML><STATUS>FAILED</STATUS><CODE>ROLE-REFUSED</CODE></HTML>"
	}
	s.roles[q.Get("token")] = q.Get("selectedRoleUid")
	return http.StatusOK, okBody
}

func (s *Server) assertion(r *http.Request) (int, string) {
	const status = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" ResponseID="r1" InResponseTo="null" ` +
		`MajorVersion="1" MinorVersion="1" IssueInstant="2026-11-23T09:30:51Z">` + "\n    <samlp:Status>\n        "
	const end = "\n    </samlp:Status>\n</samlp:Response>"
	token := r.URL.Query().Get("token")
	switch {
	case s.tickets[token] == "":
		return http.StatusOK, status + `<samlp:StatusCode Value="samlp:Requester"/><samlp:StatusMessage>SESSION-ENDED: it is over</samlp:StatusMessage>` + end
	case s.roles[token] == "":
		return http.StatusOK, status + `<samlp:StatusCode Value="samlp:Requester"/><samlp:StatusMessage>no role selected</samlp:StatusMessage>` + end
	}
	return http.StatusOK, status + `<samlp:StatusCode Value="samlp:Success"/>` + end
}

func (s *Server) peek(body string) (int, string) {
	inner := `<Exception>Session timed out.</Exception>`
	for t := range s.tickets {
		if strings.Contains(body, "<SessionID>"+t+"</SessionID>") && strings.Contains(body, `reset="false"`) {
			inner = `<Session sid="` + t + `" stype="user" state="valid"></Session>`
		}
	}
	return http.StatusOK, `<?xml version="1.0"?><ResponseSet vers="1.0" svcid="session" reqid="1"><Response><![CDATA[` +
		`<SessionResponse vers="1.0" reqid="1"><GetSession>` + inner + `</GetSession></SessionResponse>]]></Response></ResponseSet>`
}

func (s *Server) places(r *http.Request) (int, string) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if s.tickets[token] == "" {
		return http.StatusForbidden, `{"error_code":"SESSION-ENDED","error_text":"The session has ended."}`
	}
	list := broker.Places{Sessions: []broker.Place{{ID: "0a1b", Device: "WARD-3", Created: time.Unix(1_790_000_000, 0).UTC(), This: true}}}
	text, err := json.Marshal(list)
	if err != nil {
		return http.StatusInternalServerError, ""
	}
	return http.StatusOK, string(text)
}

// no is a refusal as a gpOBJECT.
func (s *Server) no(c failure.Code) (int, string) {
	e, _ := failure.Lookup(c)
	o := new(gpobject.Object).Set("error_url", s.url("/login/error")).
		Set("error_code", string(c)).Set("error_text", e.WireText()).Set("error_ref", "ab12cd34")
	return e.Status, string(o.Append(nil, s.url("/login/dtd")))
}

// url is an address of the server's own.
func (s *Server) url(path string) string { return "https://" + s.Host() + path }
