package contract_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

// activated holds an answer to activate to the contract: all of it, in order.
func activated(t *testing.T, what string, p reply, host string) {
	t.Helper()
	want := strings.NewReplacer("HOST", host, "SIGNATURE", value(p.body, "signature"), "CHALLENGE", value(p.body, "challenge")).Replace(
		`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE USER SYSTEM "https://HOST/login/dtd">
<gpOBJECT>
<gpPARAM name="gas_version">5.2.7</gpPARAM>
<gpPARAM name="signature">SIGNATURE</gpPARAM>
<gpPARAM name="server_ip">127.0.0.1</gpPARAM>
<gpPARAM name="ssp_url"></gpPARAM>
<gpPARAM name="app_url">NHST</gpPARAM>
<gpPARAM name="log_session_id">Ao9qufl+uA</gpPARAM>
<gpPARAM name="service">ACTIVATION</gpPARAM>
<gpPARAM name="error_url">https://HOST/login/error</gpPARAM>
<gpPARAM name="ticket"></gpPARAM>
<gpPARAM name="auth_method">3</gpPARAM>
<gpPARAM name="reply_url">https://HOST/login/authvalidate</gpPARAM>
<gpPARAM name="challenge">CHALLENGE</gpPARAM>
<gpPARAM name="download_gac_url"></gpPARAM>
<gpPARAM name="latest_gac_version">3.9.1</gpPARAM>
<gpPARAM name="signature_digests">sha256</gpPARAM>
</gpOBJECT>
`)
	if p.status != http.StatusOK || p.body != want {
		t.Errorf("%s: %d\n%s", what, p.status, p.body)
	}
	handsOff(t, p, "text/xml")
}

// TestTransports: requests as HTTP libraries of all ages put them.
func TestTransports(t *testing.T) {
	d, _ := newDesk(t, false)
	body := activation("        ")
	length := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	host := "Host: " + d.host + "\r\n"
	const post = "POST /login/authactivate HTTP/1.1\r\n"
	half := len(body) / 2
	chunked := fmt.Sprintf("%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n", half, body[:half], len(body)-half, body[half:])
	folded := "Analytics: {\"OSVersion\": \"Linux\",\r\n  \"ATR\": null}\r\n"
	for _, c := range []struct{ name, request string }{
		{"plain", post + host + length + "\r\n" + body},
		{"chunked", post + host + "Transfer-Encoding: chunked\r\n\r\n" + chunked},
		{"hang up behind it", post + host + "Connection: close\r\n" + length + "\r\n" + body},
		{"HTTP/1.0", "POST /login/authactivate HTTP/1.0\r\n" + length + "\r\n" + body},
		{"HTTP/1.0, kept", "POST /login/authactivate HTTP/1.0\r\nConnection: keep-alive\r\n" + length + "\r\n" + body},
		{"header names in lower case", post + strings.ToLower(host+length) + "user-agent: x\r\n\r\n" + body},
		{"header names in upper case", post + strings.ToUpper("Host: ") + d.host + "\r\n" + strings.ToUpper(length) + "\r\n" + body},
		{"no blank behind the colon", post + "Host:" + d.host + "\r\nAnalytics:{}\r\n" + length + "\r\n" + body},
		{"bare line feeds", strings.ReplaceAll(post+host+length+"\r\n", "\r\n", "\n") + body},
		{"folded header", post + host + folded + length + "\r\n" + body},
		{"an address as the target", "POST https://" + d.host + "/login/authactivate HTTP/1.1\r\n" + host + length + "\r\n" + body},
		{"a base address that ends in a slash", "POST //login/authactivate HTTP/1.1\r\n" + host + length + "\r\n" + body},
		{"another host", post + "Host: localhost:8443\r\n" + length + "\r\n" + body},
		{"a host of nowhere", post + "Host: gas.national.example\r\n" + length + "\r\n" + body},
		{"an empty host", post + "Host:\r\n" + length + "\r\n" + body},
		{"no agent, no types", post + host + length + "Accept: \r\nContent-Type: \r\nUser-Agent: \r\n\r\n" + body},
		{"form", post + host + "Content-Type: application/x-www-form-urlencoded\r\n" + length + "\r\n" + body},
		{"text", post + host + "Content-Type: text/plain;charset=UTF-8\r\n" + length + "\r\n" + body},
		{"compressed answer allowed", post + host + "Accept-Encoding: gzip, deflate\r\n" + length + "\r\n" + body},
		{"a page's request", post + host + "Origin: https://app.example\r\nCookie: JSESSIONID=1; amlbcookie=null\r\n" + length + "\r\n" + body},
		{"512 kB of analytics", post + host + "Analytics: " + strings.Repeat("x", 512<<10) + "\r\n" + length + "\r\n" + body},
		{"analytics of any letters", post + host + "Analytics: {\"r\":\"S\xc3\xafan \xe9 \x80\xff\t\"}\r\n" + length + "\r\n" + body},
		{"twice analytics", post + host + "Analytics: {\r\nAnalytics: }\r\n" + length + "\r\n" + body},
	} {
		p := d.wire(c.request)
		activated(t, c.name, p, d.host)
		if kept := !strings.Contains(c.name, "hang up") && c.name != "HTTP/1.0"; p.open != kept {
			t.Errorf("%s: connection kept: %t", c.name, p.open)
		}
	}
}

// TestExpect: the body is sent only after the server said that it wants it.
func TestExpect(t *testing.T) {
	d, _ := newDesk(t, false)
	body := activation("")
	head := fmt.Sprintf("POST /login/authactivate HTTP/1.1\r\nHost: %s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", d.host, len(body))
	c := d.dial()
	defer c.Close()
	_, err := io.WriteString(c, head)
	check(t, err)
	const wanted = "HTTP/1.1 100 Continue\r\n\r\n"
	got := make([]byte, len(wanted))
	_, err = io.ReadFull(c, got)
	check(t, err)
	if string(got) != wanted {
		t.Fatalf("the server says %q", got)
	}
	_, err = io.WriteString(c, body)
	check(t, err)
	activated(t, "after 100", d.read(c, head), d.host)
}

// TestProtocolsOffered: a client that offers HTTP/1.0 or nothing in TLS is
// answered as one that offers HTTP/1.1.
func TestProtocolsOffered(t *testing.T) {
	d, _ := newDesk(t, false)
	body := activation("")
	for _, offer := range [][]string{nil, {"http/1.1"}, {"http/1.0"}, {"http/1.0", "http/1.1"}} {
		other := *d
		other.tls = d.tls.Clone()
		other.tls.NextProtos = offer
		activated(t, fmt.Sprint(offer), other.wire(fmt.Sprintf("POST /login/authactivate HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s", len(body), body)), d.host)
	}
	other := &tls.Dialer{Config: d.tls.Clone()}
	other.Config.NextProtos = []string{"h2", "http/1.1"}
	c, err := other.DialContext(t.Context(), "tcp", d.host)
	check(t, err)
	defer c.Close()
	if got := c.(*tls.Conn).ConnectionState().NegotiatedProtocol; got != "h2" {
		t.Errorf("a client that offers HTTP/2 gets %q", got)
	}
}

// TestCurl goes through the versions of HTTP with a client that knows them.
func TestCurl(t *testing.T) {
	d, s := newDesk(t, false)
	s.write("request", []byte(activation("    ")))
	for _, args := range [][]string{{"--http1.0"}, {"--http1.1"}, {"--http2"}, {"--http1.1", "--header", "Expect: 100-continue"}, {"--http1.1", "--header", "Transfer-Encoding: chunked"}, {"--tls-max", "1.2"}} {
		args = append(args, "--silent", "--show-error", "--cacert", s.path("root.crt"), "--data-binary", "@"+s.path("request"), "https://"+d.host+"/login/authactivate")
		out, err := exec.CommandContext(t.Context(), "curl", args...).CombinedOutput()
		if err != nil || value(string(out), "challenge") == "" {
			t.Errorf("curl %s: %v\n%s", args, err, out)
		}
	}
}

// TestLargeHeaderOnHTTP2: a header of 512 kB is in nobody's way there either,
// for clients that send one.
func TestLargeHeaderOnHTTP2(t *testing.T) {
	d, _ := newDesk(t, false)
	transport := &http.Transport{TLSClientConfig: d.tls, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+d.host+"/login/authactivate", strings.NewReader(activation("")))
	check(t, err)
	req.Header.Set("Analytics", strings.Repeat("x", 512<<10))
	answer, err := transport.RoundTrip(req)
	check(t, err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.ProtoMajor != 2 {
		t.Errorf("%s over %s", answer.Status, answer.Proto)
	}
}

// TestTicketsInAddresses: the ways a ticket arrives in a URL.
func TestTicketsInAddresses(t *testing.T) {
	d, s := newDesk(t, false)
	ticket := value(d.signOn(s.signer()).body, "sso_ticket")
	if len(ticket) > 253 || strings.ContainsAny(strings.TrimSuffix(ticket, "=@AAJTSQACMDE=#"), "+/=@#*. ") || !strings.HasPrefix(ticket, "AQIC") {
		t.Fatalf("a ticket of another form: %d octets", len(ticket))
	}
	c66 := strings.NewReplacer("+", "-", "/", "_", "=", ".", "@", "*", "#", "*").Replace(ticket)
	quoted := strings.NewReplacer("=", "%3d", "@", "%40", "#", "%23").Replace(ticket)
	const role = "&selectedRoleUid=900000001015"
	for name, query := range map[string]string{
		"encoded": "token=" + url.QueryEscape(ticket) + role, "lower case": "token=" + quoted + role, "as it is": "token=" + ticket + role,
		"with all parameters": "token=" + quoted + role + "&ssbMode=0&fallbackStatus=0&gacVersion=GACv10.%200.%200.%201",
		"behind":              strings.TrimPrefix(role, "&") + "&token=" + ticket, "cut at #": strings.TrimPrefix(role, "&") + "&token=" + strings.TrimSuffix(ticket, "#"),
		"C66": "token=" + c66 + role, "line end behind it": "token=" + quoted + "%0D%0A" + role + "%0A",
	} {
		agreed(t, name, d.selectRole(query))
	}
	refusedRole(t, d.selectRole("token="+strings.TrimSuffix(ticket, "#")), "REQ-UNREADABLE") // the role was cut off, too
	for _, query := range []string{ticket, strings.TrimSuffix(ticket, "#"), url.QueryEscape(ticket), c66} {
		p := d.send(http.MethodGet, "/saml/RoleAssertion?token="+query, "", "Content-Type: text/xml", "Connection: close")
		if p.status != http.StatusOK || !strings.Contains(p.body, success) {
			t.Errorf("assertion: %d %s", p.status, p.body)
		}
		handsOff(t, p, "text/xml")
	}
	form := "token=" + url.QueryEscape(ticket) + role
	agreed(t, "as a form", d.send(http.MethodPost, "/saml/RoleSelectionGP.jsp", form, "Content-Type: application/x-www-form-urlencoded"))
	if strings.Contains(string(s.read("server.log")), ticket[4:40]) {
		t.Error("the log holds the ticket")
	}
}
