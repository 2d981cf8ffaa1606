package server_test

import (
	"context"
	"crypto"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/broker/directory"
	"lanyard/broker/failure"
	"lanyard/broker/server"
	"lanyard/broker/session"
	"lanyard/broker/wire/gpobject"
	"lanyard/card"
)

// wantRefusal holds a gpOBJECT refusal against the catalogue.
func (r *realm) wantRefusal(p reply, code failure.Code) {
	r.t.Helper()
	entry, ok := failure.Lookup(code)
	if !ok || entry.Status == 0 {
		r.t.Fatalf("%s is no refusal of the server", code)
	}
	if p.status != entry.Status {
		r.t.Errorf("status %d, want %d", p.status, entry.Status)
	}
	if got := p.get(r.t, "error_code"); got != string(code) {
		r.t.Errorf("code %s, want %s\n%s", got, code, r.log)
	}
	text := p.get(r.t, "error_text")
	if !strings.Contains(text, entry.Text) || !strings.Contains(text, entry.Phrase) {
		r.t.Errorf("text %q does not hold %q and %q", text, entry.Phrase, entry.Text)
	}
	if p.get(r.t, "error_url") == "" || p.get(r.t, "error_ref") == "" {
		r.t.Error("no error_url or no error_ref")
	}
	for _, word := range []string{"sso_ticket", "sso_logout_url", "goroutine", ".go:"} {
		if strings.Contains(p.body, word) {
			r.t.Errorf("refusal holds %q:\n%s", word, p.body)
		}
	}
	if retry := p.header.Get("Retry-After"); (entry.Status == http.StatusServiceUnavailable) != (retry != "") {
		r.t.Errorf("status %d with Retry-After %q", entry.Status, retry)
	}
}

// brokenDirectory is a directory that fails in ways a file does not.
type brokenDirectory struct {
	directory.Directory
	user func(ctx context.Context) error
}

func (d *brokenDirectory) User(ctx context.Context, uid broker.UID) (*broker.User, error) {
	if err := d.user(ctx); err != nil {
		return nil, err
	}
	return d.Directory.User(ctx, uid)
}

// TestValidateRefuses goes through every way in which validate says no.
func TestValidateRefuses(t *testing.T) {
	foreign := authority(t)
	for name, c := range map[string]struct {
		code  failure.Code
		setup func(*server.Config)
		try   func(r *realm) reply
	}{
		"challenge too old": {code: failure.ChallengeStale, try: func(r *realm) reply {
			o := r.issue(grace).answerTo(r.t, r.activate(), crypto.SHA256)
			r.clock.add(5*time.Minute + time.Second)
			return r.post("/login/authvalidate", o)
		}},
		"challenge dated ahead": {code: failure.ChallengeStale, try: func(r *realm) reply {
			r.clock.add(2 * time.Minute)
			o := r.issue(grace).answerTo(r.t, r.activate(), crypto.SHA256)
			r.clock.add(-2 * time.Minute)
			return r.post("/login/authvalidate", o)
		}},
		"answer sent twice": {code: failure.ChallengeStale, try: func(r *realm) reply {
			o := r.issue(grace).answerTo(r.t, r.activate(), crypto.SHA256)
			if p := r.post("/login/authvalidate", o); p.status != http.StatusOK {
				r.t.Fatalf("first: %d %s", p.status, p.body)
			}
			return r.post("/login/authvalidate", o)
		}},
		"challenge of another server": {code: failure.ChallengeStale, try: func(r *realm) reply {
			return r.post("/login/authvalidate", r.issue(grace).answerTo(r.t, start(r.t).activate(), crypto.SHA256))
		}},
		"challenge without its seal": {code: failure.ChallengeStale, try: func(r *realm) reply {
			o := r.issue(grace).answerTo(r.t, r.activate(), crypto.SHA256)
			return r.post("/login/authvalidate", o.Set("signature", base64.StdEncoding.EncodeToString(make([]byte, 32))))
		}},
		"signature over another challenge": {code: failure.SigWrong, try: func(r *realm) reply {
			c := r.issue(grace)
			other := c.answerTo(r.t, r.activate(), crypto.SHA256)
			o := c.answerTo(r.t, r.activate(), crypto.SHA256)
			response, _ := other.Get("response")
			return r.post("/login/authvalidate", o.Set("response", response))
		}},
		"signature of another key": {code: failure.SigWrong, try: func(r *realm) reply {
			active := r.activate()
			challenge, _ := base64.StdEncoding.DecodeString(active.get(r.t, "challenge"))
			c := r.issue(grace)
			der := c.signed(r.t, challenge, crypto.SHA256)
			der[len(der)-1] ^= 1
			return r.post("/login/authvalidate", c.envelope(r.t, active, der))
		}},
		"SHA-1 against policy": {code: failure.SigDigest, try: func(r *realm) reply {
			return r.post("/login/authvalidate", r.issue(grace).answerTo(r.t, r.activate(), crypto.SHA1))
		}},
		"certificate of another authority": {code: failure.CertUntrusted, try: func(r *realm) reply {
			return r.try(issueOf(r.t, foreign, grace))
		}},
		"certificate run out": {code: failure.CertDates, try: func(r *realm) reply {
			return r.try(r.issue(grace, func(q *ca.Request) {
				q.NotBefore, q.NotAfter = time.Now().Add(-50*time.Minute), time.Now().Add(-time.Minute)
			}))
		}},
		"content-commitment certificate": {code: failure.CertUsage, try: func(r *realm) reply {
			return r.try(r.issue(grace, func(q *ca.Request) { q.Purpose, q.Name = card.ContentCommitment, "OKAFOR GRACE" }))
		}},
		"virtual card against policy": {
			code: failure.CertUsage, try: func(r *realm) reply { return r.try(r.issue(grace)) },
			setup: func(c *server.Config) { c.Trust.Policy.AllowVirtual = false },
		},
		"no revocation list": {
			code: failure.RevocationUnknown, try: func(r *realm) reply { return r.try(r.issue(grace)) },
			setup: func(c *server.Config) { c.Trust.Policy.RequireCRL = true },
		},
		"user not in the directory": {code: failure.UserUnknown, try: func(r *realm) reply { return r.try(r.issue(nobody)) }},
		"card of another user": {code: failure.UserUnknown, try: func(r *realm) reply {
			o := r.issue(closed).answerTo(r.t, r.activate(), crypto.SHA256)
			return r.post("/login/authvalidate", o.Set("uid", string(grace)))
		}},
		"account closed": {code: failure.UserClosed, try: func(r *realm) reply { return r.try(r.issue(closed)) }},
		"no open role":   {code: failure.UserNoRole, try: func(r *realm) reply { return r.try(r.issue(idle)) }},
		"too many sessions": {
			code:  failure.SessionLimit,
			setup: func(c *server.Config) { c.Sessions.Limit = session.Limit{Sessions: 1, Policy: session.Refuse} },
			try: func(r *realm) reply {
				r.signOn(r.issue(grace))
				return r.try(r.issue(grace))
			},
		},
		"directory down": {
			code: failure.DirectoryDown, try: func(r *realm) reply { return r.try(r.issue(grace)) },
			setup: func(c *server.Config) {
				c.Directory = &brokenDirectory{c.Directory, func(context.Context) error { return directory.ErrDown }}
			},
		},
		"store down": {code: failure.StoreDown, try: func(r *realm) reply {
			o := r.issue(grace).answerTo(r.t, r.activate(), crypto.SHA256)
			if err := r.store.Close(); err != nil {
				r.t.Fatal(err)
			}
			return r.post("/login/authvalidate", o)
		}},
		"panic": {
			code: failure.Internal, try: func(r *realm) reply { return r.try(r.issue(grace)) },
			setup: func(c *server.Config) {
				c.Directory = &brokenDirectory{c.Directory, func(context.Context) error { panic("secret of a panic") }}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var r *realm
			if c.setup == nil {
				r = start(t)
			} else {
				r = start(t, c.setup)
			}
			p := c.try(r)
			r.wantRefusal(p, c.code)
			if ref := p.get(t, "error_ref"); !strings.Contains(r.log.String(), "id="+ref) {
				t.Errorf("reference %s is not in the log", ref)
			}
			if strings.Contains(r.log.String(), "secret of a panic") {
				t.Error("the text of a panic is in the log")
			}
		})
	}
}

// TestRevoked: a list that comes while the server runs counts from its reading
// on, for a certificate that is remembered as good, too.
func TestRevoked(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list.crl")
	r := start(t, func(c *server.Config) { c.Trust.CRLFiles = []string{list} })
	c := r.issue(grace)
	r.signOn(c)
	if err := r.ca.Revoke(c.cert.SerialNumber, ca.KeyCompromise, time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	der, err := r.ca.CRL(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, der, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.srv.Reload(); err != nil {
		t.Fatal(err)
	}
	r.wantRefusal(r.try(c), failure.CertRevoked)
	good := r.issue(grace)
	r.signOn(good)
	r.clock.add(ca.ListValidity + time.Hour)
	r.wantRefusal(r.try(good), failure.RevocationUnknown)
}

func TestBusy(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	r := start(t, func(c *server.Config) {
		c.Places = 1
		c.Directory = &brokenDirectory{c.Directory, func(context.Context) error {
			entered <- struct{}{}
			<-leave
			return nil
		}}
	})
	o := r.issue(grace).answerTo(t, r.activate(), crypto.SHA256)
	first := make(chan reply, 1)
	go func() { first <- r.post("/login/authvalidate", o) }()
	<-entered
	r.wantRefusal(r.post("/login/authactivate", activation()), failure.Busy)
	if p := r.selectRole("x", nurse); p.status != http.StatusServiceUnavailable || !strings.Contains(p.body, "<CODE>BUSY</CODE>") {
		t.Errorf("role selection: %d %s", p.status, p.body)
	}
	if p := r.assertion("x"); p.status != http.StatusOK || !strings.Contains(p.body, "samlp:Responder") || p.header.Get("Retry-After") == "" {
		t.Errorf("assertion: %d %s", p.status, p.body)
	}
	close(leave)
	if p := <-first; p.status != http.StatusOK {
		t.Errorf("the request that was at work: %d %s", p.status, p.body)
	}
}

// TestUnreadable: what cannot be read is refused as that, and the next request
// is served.
func TestUnreadable(t *testing.T) {
	r := start(t)
	c := r.issue(grace)
	active := r.activate()
	good := string(c.answerTo(t, active, crypto.SHA256).Append(nil, ""))
	cms := func(der []byte) string { return string(c.envelope(t, active, der).Append(nil, "")) }
	challenge, err := base64.StdEncoding.DecodeString(active.get(t, "challenge"))
	if err != nil {
		t.Fatal(err)
	}
	der := c.signed(t, challenge, crypto.SHA256)
	without := func(name string) string {
		o := c.answerTo(t, active, crypto.SHA256)
		for i := range o.Params {
			if o.Params[i].Name == name {
				o.Params = append(o.Params[:i], o.Params[i+1:]...)
				break
			}
		}
		return string(o.Append(nil, ""))
	}
	with := func(name, value string) string {
		return string(c.answerTo(t, active, crypto.SHA256).Set(name, value).Append(nil, ""))
	}
	entities := `<?xml version="1.0"?><!DOCTYPE USER [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><gpOBJECT><gpPARAM name="service">&b;</gpPARAM></gpOBJECT>`
	for name, body := range map[string]string{
		"empty":              "",
		"not XML":            "service=AUTHENTICATION",
		"10 MB":              strings.Repeat(" ", 10<<20) + good,
		"64 kB and one":      strings.Repeat(" ", 64<<10) + good,
		"nested entities":    entities,
		"doubled name":       strings.Replace(good, "</gpOBJECT>", `<gpPARAM name="uid">900000000017</gpPARAM></gpOBJECT>`, 1),
		"another step":       strings.Replace(good, "AUTHENTICATION", "ACTIVATION", 1),
		"no challenge":       without("challenge"),
		"no seal":            without("signature"),
		"no uid":             without("uid"),
		"no response":        without("response"),
		"uid of 11 digits":   with("uid", "90000000001"),
		"another method":     with("auth_method", "1"),
		"long session id":    with("log_session_id", strings.Repeat("x", 65)),
		"truncated CMS":      cms(der[:len(der)/2]),
		"CMS that is noise":  cms([]byte("MIME has nothing to do with it")),
		"response not coded": with("response", "%%%"),
	} {
		t.Run(name, func(t *testing.T) {
			r := &realm{t: t, base: r.base, addr: r.addr, log: r.log, http: r.http}
			r.wantRefusal(r.send(http.MethodPost, "/login/authvalidate", body), failure.ReqUnreadable)
		})
	}
	r.wantRefusal(r.send(http.MethodGet, "/login/authvalidate", ""), failure.ReqUnreadable)
	if p := r.send(http.MethodPost, "/login/authvalidate", good); p.status != http.StatusOK {
		t.Errorf("afterwards: %d %s", p.status, p.body)
	}
}

// TestExternalDTD: a document that names a DTD elsewhere is read, and nobody
// asks for it.
func TestExternalDTD(t *testing.T) {
	asked := make(chan struct{}, 1)
	elsewhere := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} })}
	ln := listen(t)
	go func() { _ = elsewhere.Serve(ln) }()
	t.Cleanup(func() { _ = elsewhere.Close() })
	r := start(t)
	body := activation().Append(nil, "http://"+ln.Addr().String()+"/gpOBJECT.DTD")
	if p := r.send(http.MethodPost, "/login/authactivate", string(body)); p.status != http.StatusOK {
		t.Errorf("%d %s", p.status, p.body)
	}
	select {
	case <-asked:
		t.Error("the DTD was asked for")
	default:
	}
}

func TestLogoutRefuses(t *testing.T) {
	r := start(t)
	ticket := r.signOn(r.issue(grace))
	foreign := start(t).signOnGrace()
	for name, c := range map[string]struct {
		body *gpobject.Object
		code failure.Code
	}{
		"empty":          {object("service", "LOGOUT"), failure.ReqUnreadable},
		"empty ticket":   {object("service", "LOGOUT", "sso_ticket", ""), failure.ReqUnreadable},
		"noise":          {object("service", "LOGOUT", "sso_ticket", "AQICnoise"), failure.SessionEnded},
		"foreign ticket": {object("service", "LOGOUT", "sso_ticket", foreign), failure.SessionEnded},
		"another's uid":  {object("service", "LOGOUT", "sso_ticket", ticket, "uid", string(closed)), failure.ReqUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			r := &realm{t: t, base: r.base, addr: r.addr, log: r.log, http: r.http}
			r.wantRefusal(r.post("/login/authlogout", c.body), c.code)
		})
	}
	r.wantRefusal(r.send(http.MethodPost, "/login/authlogout", ""), failure.ReqUnreadable)
	if p := r.keepAlive(ticket); p.body != yes {
		t.Errorf("a refused logout ended the session: %d %s", p.status, p.body)
	}
}

// TestRoleRefuses: no refusal holds the two letters that clients look for.
func TestRoleRefuses(t *testing.T) {
	r := start(t)
	ticket := r.signOn(r.issue(grace))
	ended := r.signOn(r.issue(grace))
	r.logout(ended)
	q := func(token, role, more string) string {
		return "?token=" + strings.NewReplacer("#", "%23", "@", "%40", "=", "%3D").Replace(token) + "&selectedRoleUid=" + role + more
	}
	for name, c := range map[string]struct {
		query  string
		code   failure.Code
		status int
	}{
		"closed role":         {q(ticket, past, ""), failure.RoleRefused, 403},
		"another's role":      {q(ticket, another, ""), failure.RoleRefused, 403},
		"no such role":        {q(ticket, "1", ""), failure.RoleRefused, 403},
		"training not open":   {q(ticket, nurse, "&ssbMode=1"), failure.RoleRefused, 403},
		"another mode":        {q(ticket, nurse, "&ssbMode=2"), failure.ReqUnreadable, 400},
		"ended session":       {q(ended, nurse, ""), failure.SessionEnded, 403},
		"noise":               {q("noise", nurse, ""), failure.SessionEnded, 403},
		"no token":            {"?selectedRoleUid=" + nurse, failure.ReqUnreadable, 400},
		"no role":             {q(ticket, "", ""), failure.ReqUnreadable, 400},
		"token twice":         {q(ticket, nurse, "&token=x"), failure.ReqUnreadable, 400},
		"escapes of no kind":  {"?token=%zz&selectedRoleUid=" + nurse, failure.ReqUnreadable, 400},
		"training where open": {q(ticket, clerk, "&ssbMode=1"), "", 200},
	} {
		p := r.send(http.MethodGet, "/saml/RoleSelectionGP.jsp"+c.query, "")
		if p.status != c.status {
			t.Errorf("%s: status %d, want %d", name, p.status, c.status)
		}
		if c.code == "" {
			continue
		}
		if p.body != "<HTML><STATUS>FAILED</STATUS><CODE>"+string(c.code)+"</CODE></HTML>" {
			t.Errorf("%s: %s", name, p.body)
		}
		if strings.Contains(strings.ToUpper(p.body), "OK") {
			t.Errorf("%s: a refusal holds the letters of yes: %s", name, p.body)
		}
	}
	if log := r.log.String(); strings.Count(log, `msg="role refused"`) != 4 || !strings.Contains(log, "role="+another) {
		t.Errorf("the refusals of roles are not in the log:\n%s", log)
	}
	if p := r.send(http.MethodPut, "/saml/RoleSelectionGP.jsp", ""); p.status != 400 || strings.Contains(strings.ToUpper(p.body), "OK") {
		t.Errorf("another method: %d %s", p.status, p.body)
	}
}

// TestFaultInRoleSelection: a fault of the server's own is told with a
// reference, and still without the letters of yes.
func TestFaultInRoleSelection(t *testing.T) {
	r := start(t)
	ticket := r.signOnGrace()
	r.stop()
	conf := r.config()
	conf.Directory = &brokenDirectory{conf.Directory, func(context.Context) error { panic("fault") }}
	conf.Sessions.Store, conf.Sessions.Keys, conf.Base = r.store, r.keys, r.base
	r.run(conf)
	p := r.selectRole(ticket, nurse)
	if p.status != http.StatusInternalServerError || !strings.Contains(p.body, "<CODE>INTERNAL</CODE><REF>") || strings.Contains(strings.ToUpper(p.body), "OK") {
		t.Errorf("role selection: %d %s", p.status, p.body)
	}
	if p := r.assertion(ticket); p.status != http.StatusOK || !strings.Contains(p.body, "no role selected") {
		t.Errorf("afterwards: %d %s", p.status, p.body)
	}
}
