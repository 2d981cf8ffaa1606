package server_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/broker/directory"
)

// TestNoTicketInTheLog sends tickets in every place and has requests end in
// every way, and looks for them in a log of the lowest level.
func TestNoTicketInTheLog(t *testing.T) {
	var fail error
	r := &realm{t: t, clock: &clock{}, log: &journal{}, ca: authority(t), hurry: time.Second}
	conf := r.config()
	conf.Directory = &brokenDirectory{conf.Directory, func(context.Context) error {
		if fail != nil && fail.Error() == "panic" {
			panic(fail)
		}
		return fail
	}}
	r.run(conf)
	ticket := r.signOnGrace()
	ended := r.signOnGrace()
	r.logout(ended)
	escaped := url.QueryEscape(ticket)
	role := "/saml/RoleSelectionGP.jsp?selectedRoleUid=" + nurse + "&token="

	r.selectRole(ticket, past)
	r.selectRole(ended, nurse)
	r.selectRole(ticket, nurse)
	r.assertion(ticket)
	r.keepAlive(ticket)
	r.places(http.MethodGet, ticket, "")
	for _, path := range []string{
		role + escaped + "&token=" + escaped, role + ended[:60], role + escaped + "%zz",
		"/saml/RoleAssertion/" + escaped, "/" + escaped, "//saml/RoleAssertion?token=" + escaped, "/saml/../saml/RoleAssertion?token=" + escaped,
		"/login/authvalidate?token=" + escaped, "/saml/RoleAssertion?token=" + strings.Repeat(escaped, 50),
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, ticket[:40]} {
			if p := r.send(method, path, string(object("sso_ticket", ticket).Append(nil, ""))); p.status >= 300 && p.status < 400 {
				t.Errorf("%d: a ticket goes into a redirect", p.status)
			}
		}
	}
	for _, body := range []string{
		`<gpOBJECT><gpPARAM name="` + ticket + `">x</gpPARAM><gpPARAM name="` + ticket + `">x</gpPARAM></gpOBJECT>`,
		`<gpOBJECT><gpPARAM name="service">` + ticket + `</gpPARAM></gpOBJECT>`, `<` + ticket + `>`, ticket,
		`<gpOBJECT><gpPARAM name="service">LOGOUT</gpPARAM><gpPARAM name="sso_ticket">` + ticket + `x</gpPARAM></gpOBJECT>`,
		`<gpOBJECT><gpPARAM name="service">AUTHENTICATION</gpPARAM><gpPARAM name="auth_method">` + ticket + `</gpPARAM></gpOBJECT>`,
		`{"end":"` + ticket + `"}`,
	} {
		for _, path := range []string{"/login/authactivate", "/login/authvalidate", "/login/authlogout", "/login/ssoupdate", "/lanyard/v1/sessions"} {
			r.send(http.MethodPost, path, body, "Authorization", "Bearer "+ticket, "User-Agent", "agent/1")
		}
	}
	for _, fault := range []error{directory.ErrDown, panicking{ticket}} {
		fail = fault
		r.selectRole(ticket, nurse)
		r.assertion(ticket)
	}
	fail = nil
	r.abuse(
		"GET /saml/RoleAssertion?token="+ticket+" HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /saml/RoleAssertion?token="+ticket+" a b HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /saml/RoleAssertion?token="+ticket+" HTTP/9.1\r\nHost: x\r\n\r\n",
		"GET http://"+ticket+"/ HTTP/1.1\r\nHost: "+ticket+"\r\n\r\n",
		"POST /login/authlogout?"+ticket+" HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n"+ticket,
		"POST /login/authlogout HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"+ticket,
		"GET /saml/RoleAssertion?token="+ticket+" HTTP/1.1\r\nHost: x\r\nA: "+strings.Repeat(ticket, 8000)+"\r\n\r\n",
	)
	r.stop()
	log := r.log.String()
	for _, want := range []string{"code=DONE", "code=ROLE-REFUSED", "code=REQ-UNREADABLE", "code=INTERNAL", "code=DIRECTORY-DOWN", "connection failed"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not tell of %q", want)
		}
	}
	for _, secret := range []string{ticket, ended} {
		if i := strings.Index(log, secret[10:30]); i >= 0 {
			t.Errorf("a ticket is in the log: …%s…", log[max(0, i-200):min(len(log), i+60)])
		}
	}
}

// panicking is an error that a directory panics with.
type panicking struct{ secret string }

func (panicking) Error() string { return "panic" }

// abuse sends raw texts as requests, each in four ways: and waits for an
// answer, and hangs up, and stays silent until the server gives up, and without
// TLS.
func (r *realm) abuse(texts ...string) {
	r.t.Helper()
	secure := &tls.Dialer{Config: r.tls}
	answer := func(c net.Conn) { _, _ = bufio.NewReader(c).ReadString('\n') }
	hangUp := func(net.Conn) {}
	silent := func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
	var wg sync.WaitGroup
	for _, text := range texts {
		wg.Go(func() { r.raw(secure, text, answer) })
		wg.Go(func() { r.raw(secure, text, hangUp) })
		wg.Go(func() { r.raw(secure, text, silent) })
		wg.Go(func() { r.raw(&net.Dialer{}, text, silent) })
	}
	wg.Wait()
}

type dialer interface {
	DialContext(ctx context.Context, network, addr string) (net.Conn, error)
}

// raw sends a text over a connection of its own, on which then is done.
func (r *realm) raw(d dialer, text string, then func(net.Conn)) {
	c, err := d.DialContext(r.t.Context(), "tcp", r.addr)
	if err != nil {
		r.t.Error(err)
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(c, text) // the server may have hung up already
	then(c)
}

// TestSlowRequests: whoever sends a request drop by drop is cut off, and takes
// no place from others.
func TestSlowRequests(t *testing.T) {
	r := &realm{t: t, clock: &clock{}, log: &journal{}, ca: authority(t), hurry: time.Second}
	conf := r.config()
	conf.Places = 1
	r.run(conf)
	for _, text := range []string{"POST /login/authactivate HT", "POST /login/authactivate HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\n<gp"} {
		c, err := (&tls.Dialer{Config: r.tls}).DialContext(t.Context(), "tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		r.activate() // meanwhile others are served
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Errorf("the connection was not ended: %v", err)
		}
		_ = c.Close()
	}
}
