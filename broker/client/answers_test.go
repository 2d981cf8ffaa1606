package client

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lanyard/broker"
	"lanyard/broker/wire/gpobject"
)

// reader is a client that reads and never sends.
func reader(tb testing.TB) (*Client, request) {
	tb.Helper()
	base := &url.URL{Scheme: "https", Host: "gas.example:8443", Path: "/"}
	c := &Client{base: base, log: slog.New(slog.DiscardHandler), transport: &http.Transport{}}
	return c, request{op: "test", url: c.at("/login/authvalidate", nil), secrets: secretsOf(broker.NewTicket("AQIC+secret/ticket=@#"))}
}

// FuzzAnswer: whatever a server answers is a yes, or an error with a code and
// without the ticket.
func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte("<HTML><STATUS>OK</STATUS></HTML>"))
	f.Add(403, []byte("<HTML><STATUS>FAILED</STATUS><CODE>SESSION-ENDED</CODE></HTML>"))
	f.Add(403, []byte(`{"error_code":"BUSY","error_text":"AQIC+secret/ticket=@#"}`))
	f.Add(200, []byte(`<gpOBJECT><gpPARAM name="error_code">CERT-REVOKED</gpPARAM><gpPARAM name="error_text">Failed To Validate</gpPARAM></gpOBJECT>`))
	f.Add(302, []byte("Invalid input request AQIC%2Bsecret%2Fticket%3D%40%23"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		c, r := reader(t)
		a := &response{status: status, body: body}
		err := c.refused(r, a)
		if err == nil || err.Error() == "" {
			t.Fatal("a no without an error")
		}
		for _, s := range r.secrets {
			if strings.Contains(err.Error(), s) {
				t.Fatalf("the error holds the ticket: %v", err)
			}
		}
		if done(a) && status != 200 {
			t.Fatalf("status %d is a yes", status)
		}
	})
}

// FuzzAddress: an address of an answer is the server's own or an error.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"", "https://gas.example:8443/login/authlogout", "../login/ssoupdate", "//gas.example:8443/x", "https://gas.example/x",
		"https://gas.example:8443@evil.example/", "\\\\evil.example\\x", "https://GAS.example:8443/x#y", "http://gas.example:8443/", "%zz",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, r := reader(t)
		u, err := c.address(r, text, "/login/authlogout")
		if err != nil {
			return
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Scheme != "https" || !strings.EqualFold(again.Host, "gas.example:8443") || again.User != nil {
			t.Fatalf("%q leads to %s", text, u)
		}
	})
}

func TestSignOnReadsByName(t *testing.T) {
	c, r := reader(t)
	o, err := gpobject.DecodeAnswer([]byte(`<gpOBJECT>
<gpPARAM name="nhsjobrole2" id="3" orgcode="X">C ORG, "T":"S":"R"</gpPARAM>
<gpPARAM name="sso_ticket">T1</gpPARAM>
<gpPARAM name="nhsjobrole0" id="1" orgcode="X">A & "B" ORG, "T & U":"S":"R"</gpPARAM>
<gpPARAM name="nhsjobrole1" orgcode="X">no id</gpPARAM>
</gpOBJECT>`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.signOn(t.Context(), r, o, "900000000017", "x")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Roles) != 2 || s.Roles[0].ID != "1" || s.Roles[0].OrgName != `A & "B" ORG` || s.Roles[1].ID != "3" {
		t.Errorf("roles %+v", s.Roles)
	}
	if s.Logout.Path != "/login/authlogout" || s.Session.Path != "/sessionmanager/session/update" || s.KeepAlive || s.Idle != 0 {
		t.Errorf("what was not told is read as %+v", s)
	}
}
