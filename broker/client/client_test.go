package client_test

import (
	"crypto"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/client/clienttest"
	"lanyard/broker/failure"
	"lanyard/broker/wire/gpobject"
)

func TestSignOn(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	b.server.NumRoles = 2
	on := b.signOn()
	if on.CN != "Other An" || on.UID != uid || on.Idle != 10*time.Hour || on.Max != 10*time.Hour || !on.KeepAlive {
		t.Errorf("signed on as %+v", on)
	}
	want := client.Role{ID: "555500001", OrgCode: "T1431", OrgName: "THE TRUST", JobRole: `"Admin & Clerical":"Admin":"Clerk 1"`}
	if len(on.Roles) != 2 || on.Roles[1] != want {
		t.Errorf("roles %+v", on.Roles)
	}
	ctx := t.Context()
	if err := b.client.SelectRole(ctx, on.Ticket, "555500001", broker.TrainingMode); err != nil {
		t.Fatal(err)
	}
	if a, err := b.client.Assertion(ctx, on.Ticket); err != nil || !strings.Contains(string(a), "samlp:Success") {
		t.Fatalf("assertion %s: %v", a, err)
	}
	if err := b.client.KeepAlive(ctx, on); err != nil {
		t.Fatal(err)
	}
	places, err := b.client.Sessions(ctx, on.Ticket)
	if err != nil || len(places) != 1 || places[0].Device != "WARD-3" {
		t.Fatalf("places %+v: %v", places, err)
	}
	if err := b.client.EndSession(ctx, on.Ticket, "0a1b"); err != nil {
		t.Fatal(err)
	}
	if err := b.client.Logout(ctx, on); err != nil {
		t.Fatal(err)
	}
	if n := b.server.Connections(); n != 1 {
		t.Errorf("%d connections for one sign-on, want 1", n)
	}
	b.requestsAreTheContracts(on)
}

// requestsAreTheContracts holds what was sent against the contract.
func (b *bench) requestsAreTheContracts(on *client.SignOn) {
	b.t.Helper()
	for path, want := range map[string]map[string]string{
		clienttest.Activate: {"service": "ACTIVATION", "auth_method": "3", "app_url": "NHST"},
		clienttest.Validate: {
			"service": "AUTHENTICATION", "auth_method": "3", "app_url": "NHST", "signature": "sealed",
			"uid": string(uid), "card_type": "p11", "mobility": "0",
		},
		clienttest.Update: {"service": "SESSIONUPDATE", "uid": string(uid), "sso_ticket": on.Ticket.Reveal()},
		clienttest.Logout: {"service": "LOGOUT", "uid": string(uid), "sso_ticket": on.Ticket.Reveal()},
	} {
		seen := b.server.Seen(path)
		if len(seen) != 1 {
			b.t.Fatalf("%d requests to %s", len(seen), path)
		}
		if ua := seen[0].Header.Get("User-Agent"); ua != "Mozilla/4.0(compatible;IE;GACv10. 0. 0. 1)" {
			b.t.Errorf("User-Agent %q", ua)
		}
		o, err := gpobject.Decode([]byte(seen[0].Body))
		if err != nil {
			b.t.Fatal(err)
		}
		for name, value := range want {
			if got, err := o.Only(name); err != nil || got != value {
				b.t.Errorf("%s: %s is %q, want %q (%v)", path, name, got, value, err)
			}
		}
		if d, _ := o.Get("device_id"); path != clienttest.Update && !strings.HasPrefix(d, "WARD-3,ClientIP=") {
			b.t.Errorf("%s: device_id %q", path, d)
		}
	}
	q, err := url.ParseQuery(b.server.Seen(clienttest.Select)[0].Query)
	if err != nil || q.Get("token") != on.Ticket.Reveal() || q.Get("selectedRoleUid") != "555500001" || q.Get("ssbMode") != "1" ||
		q.Get("fallbackStatus") != "0" || q.Get("gacVersion") != "10.0.0.1" {
		b.t.Errorf("role selection asked %v (%v)", q, err)
	}
	if raw := b.server.Seen(clienttest.Assertion)[0].Query; strings.ContainsAny(raw, "#@/+") {
		b.t.Error("the ticket was not encoded in the URL")
	}
}

func TestSecondLayout(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	b.server.Old = true
	on := b.signOn()
	if on.Session.String() != "https://"+b.server.Host()+clienttest.OldUpdate || on.Idle != 5*time.Hour {
		t.Errorf("keep alive at %s, idle %s", on.Session, on.Idle)
	}
	if len(on.Roles) != 2 || on.Roles[0].ID != "555500000" || on.Roles[0].JobRole != `"Admin & Clerical":"Admin":"Clerk"` || on.Roles[0].OrgCode != "" {
		t.Errorf("roles %+v", on.Roles)
	}
	if err := b.client.KeepAlive(t.Context(), on); err != nil {
		t.Error(err)
	}
	if err := b.client.Logout(t.Context(), on); err != nil || b.server.Live() != 0 {
		t.Errorf("logout: %v, %d sessions", err, b.server.Live())
	}
}

func TestPassiveServerIsOnlyAsked(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	b.server.Passive = true
	on := b.signOn()
	if err := b.client.KeepAlive(t.Context(), on); err != nil {
		t.Fatal(err)
	}
	if len(b.server.Seen(clienttest.Update)) != 0 || len(b.server.Seen(clienttest.Peek)) != 1 {
		t.Error("the session was touched")
	}
	b.server.End()
	if err := b.client.KeepAlive(t.Context(), on); codeOf(err) != failure.SessionEnded {
		t.Errorf("after the end: %v", err)
	}
}

func TestSessionThatHasEnded(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	requests := b.requests()[2:]
	b.server.End()
	for _, r := range requests {
		err := r.do(t.Context())
		if codeOf(err) != failure.SessionEnded {
			t.Errorf("%s: %v", r.name, err)
		}
		b.secretless(r.name, err.Error())
	}
}

func TestReferenceOfARefusal(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	on := b.signOn()
	b.server.End()
	for _, err := range []error{b.client.Logout(t.Context(), on), b.client.SelectRole(t.Context(), on.Ticket, "5555", 0)} {
		var said *client.Said
		if !errors.As(err, &said) || !strings.HasPrefix(said.Ref, "ab12") {
			t.Errorf("no reference in %v", err)
		}
	}
}

func TestChallengesThatAreNotSigned(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	for name, octets := range map[string]int{"empty": 0, "short": 47, "long": 49, "signed attributes": 104} {
		b.server.Edit(clienttest.Activate, replaceParam("challenge", base64.StdEncoding.EncodeToString(make([]byte, octets))))
		if _, err := b.client.Activate(t.Context()); codeOf(err) != failure.ServerChallenge {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.server.Edit(clienttest.Activate, replaceParam("challenge", "!!!"))
	if _, err := b.client.Activate(t.Context()); codeOf(err) != failure.ServerChallenge {
		t.Errorf("no base64: %v", err)
	}
	b.server.Edit(clienttest.Activate, func(s string) string {
		return strings.Replace(s, "<gpPARAM name=\"challenge\">", "<gpPARAM name=\"challenge\">x</gpPARAM>\n<gpPARAM name=\"challenge\">", 1)
	})
	if _, err := b.client.Activate(t.Context()); codeOf(err) != failure.ServerAnswer {
		t.Errorf("two challenges: %v", err)
	}
}

func TestDigests(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	both := []crypto.Hash{crypto.SHA256, crypto.SHA1}
	for text, want := range map[string][]crypto.Hash{
		"sha256": {crypto.SHA256}, "sha256,sha1": both, "sha512, SHA1": {crypto.SHA1}, "sha512": nil, "": nil,
	} {
		b.server.Edit(clienttest.Activate, replaceParam("signature_digests", text))
		a, err := b.client.Activate(t.Context())
		if want == nil {
			if codeOf(err) != failure.ServerAnswer {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		if err != nil || !slices.Equal(a.Digests, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	b.server.Edit(clienttest.Activate, func(s string) string { return strings.ReplaceAll(s, "signature_digests", "other") })
	if a, err := b.client.Activate(t.Context()); err != nil || !slices.Equal(a.Digests, both) {
		t.Errorf("a server that does not tell: %v", err)
	}
}

func TestForeignAddresses(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	port := b.server.Host()[strings.LastIndex(b.server.Host(), ":"):]
	foreign := []string{
		"https://evil.example/login/authvalidate", "http://" + b.server.Host() + "/x", "https://127.0.0.1:1/x", "https://127.0.0.1/x",
		"//evil.example/x", "https://localhost" + port + "/x", "https://user@" + b.server.Host() + "/x", "javascript:alert(1)", "https:x",
	}
	for _, u := range foreign {
		b.server.Edit(clienttest.Activate, replaceParam("reply_url", u))
		if _, err := b.client.Activate(t.Context()); codeOf(err) != failure.ServerRedirect {
			t.Errorf("reply_url %s: %v", u, err)
		}
		b.server.Edit(clienttest.Activate, nil)
		for _, name := range []string{"sso_logout_url", "sso_session_url"} {
			b.server.Edit(clienttest.Validate, replaceParam(name, u))
			a, der := b.activate()
			_, err := b.client.Validate(t.Context(), a, uid, der)
			if codeOf(err) != failure.ServerRedirect {
				t.Errorf("%s %s: %v", name, u, err)
			}
			b.secretless(name, err.Error())
		}
	}
	if n := b.server.Live(); n != 0 {
		t.Errorf("%d sessions are left that nobody holds a ticket of", n)
	}
	b.server.Edit(clienttest.Activate, replaceParam("reply_url", "authvalidate"))
	b.server.Edit(clienttest.Validate, replaceParam("sso_logout_url", "../login/authlogout"))
	if on := b.signOn(); on.Logout.String() != "https://"+b.server.Host()+clienttest.Logout {
		t.Errorf("relative addresses lead to %s", on.Logout)
	}
}

// replaceParam gives a gpPARAM of an answer another value.
func replaceParam(name, value string) func(string) string {
	return func(s string) string {
		start := strings.Index(s, `<gpPARAM name="`+name+`">`)
		if start < 0 {
			return s
		}
		start += len(`<gpPARAM name="` + name + `">`)
		end := start + strings.Index(s[start:], "</gpPARAM>")
		return s[:start] + value + s[end:]
	}
}

func TestTicketsThatCannotBeUsed(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	for name, ticket := range map[string]string{"long": strings.Repeat("A", broker.MaxTicket+1), "empty": ""} {
		b.server.Edit(clienttest.Validate, replaceParam("sso_ticket", ticket))
		a, der := b.activate()
		if _, err := b.client.Validate(t.Context(), a, uid, der); codeOf(err) != failure.ServerAnswer {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTimesThatCannotBeRead(t *testing.T) {
	b := newBench(t, clienttest.Options{})
	for _, text := range []string{"", "soon", "-5", "99999999999999999999", "600000"} {
		b.server.Edit(clienttest.Validate, replaceParam("sso_max_session_time", text))
		if on := b.signOn(); on.Max != 0 {
			t.Errorf("%q is read as %s", text, on.Max)
		}
	}
}

func TestProfiles(t *testing.T) {
	good := clienttest.New(t, clienttest.Options{}).Profile()
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*client.Profile){
		"name":         func(p *client.Profile) { p.Name = "other" },
		"not live":     func(p *client.Profile) { p.Name = "live" },
		"live":         func(p *client.Profile) { p.Live = true },
		"colour":       func(p *client.Profile) { p.Colour = "red" },
		"plain":        func(p *client.Profile) { p.BaseURL = "http://127.0.0.1" },
		"path":         func(p *client.Profile) { p.BaseURL += "/login" },
		"user":         func(p *client.Profile) { p.BaseURL = "https://a:b@127.0.0.1" },
		"no host":      func(p *client.Profile) { p.BaseURL = "https://" },
		"no anchor":    func(p *client.Profile) { p.Anchors = nil },
		"proxy":        func(p *client.Profile) { p.Proxy = "ftp://x:1" },
		"proxy's port": func(p *client.Profile) { p.Proxy = "http://x" },
	} {
		p := good
		change(&p)
		if err := p.Check(); !errors.Is(err, client.ErrProfile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
