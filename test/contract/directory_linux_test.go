package contract_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/broker/wire/answer"
	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/test/engine"
)

// TestDirectoryOverLDAP signs on with a virtual card against slapd, which is
// killed and started again meanwhile: the session lives on, what needs the
// directory is refused as what it is, and nothing is restarted but slapd.
func TestDirectoryOverLDAP(t *testing.T) {
	s := newSite(t)
	slapd := engine.StartSlapd(t, s.read("people.ldif"), engine.SlapdOptions{})
	s.overLDAP(slapd)
	p := s.start()
	v := s.virtualCard()
	on, err := v.signOn()
	check(t, err)
	if on.CN != "Okafor Grace" || len(on.Roles) != 2 {
		t.Errorf("signed on as %s with roles %+v", on.CN, on.Roles)
	}
	check(t, v.client.SelectRole(t.Context(), on.Ticket, "900000001015", broker.LiveMode))
	assertion := func() error {
		text, err := v.client.Assertion(t.Context(), on.Ticket)
		if err == nil && !strings.Contains(string(text), "A &amp; E, THE TRUST") {
			err = fmt.Errorf("it does not name the role's organisation:\n%s", text)
		}
		return err
	}
	check(t, assertion())

	slapd.Kill()
	eventually(t, "the directory is missed", func() bool { return code(assertion()) == failure.DirectoryDown })
	if _, err := v.signOn(); code(err) != failure.DirectoryDown {
		t.Errorf("a sign-on without the directory: %v", err)
	}
	check(t, v.client.KeepAlive(t.Context(), on)) // needs no directory

	slapd.Restart()
	eventually(t, "the directory is back", func() bool { return assertion() == nil })
	slapd.Modify("dn: uid=900000000017,ou=People,o=nhs\nchangetype: modify\nreplace: nhsPersonStatus\nnhsPersonStatus: 0\n")
	eventually(t, "the person is closed", func() bool { _, err := v.signOn(); return code(err) == failure.UserClosed })
	p.stop()
	for _, line := range []string{`msg="directory answers"`, `msg="directory does not answer"`, `msg="directory answers again"`} {
		if strings.Count(p.text(t), line) != 1 {
			t.Errorf("%s does not stand in the log once", line)
		}
	}
	if strings.Contains(p.text(t), engine.SlapdPassword) {
		t.Error("the password of the directory stands in the log")
	}
}

// TestDirectoryDownAtStart: the server starts without its directory, says why
// nobody signs on, and uses it when it is there.
func TestDirectoryDownAtStart(t *testing.T) {
	s := newSite(t)
	slapd := engine.StartSlapd(t, s.read("people.ldif"), engine.SlapdOptions{})
	s.overLDAP(slapd)
	slapd.Kill()
	p := s.start()
	v := s.virtualCard()
	if _, err := v.signOn(); code(err) != failure.DirectoryDown {
		t.Errorf("a sign-on without the directory: %v", err)
	}
	slapd.Restart()
	eventually(t, "somebody signs on", func() bool { _, err := v.signOn(); return err == nil })
	p.stop()
	if !strings.Contains(p.text(t), "connection refused") {
		t.Errorf("the log does not say why:\n%s", p.text(t))
	}
}

// overLDAP points the site's settings to slapd.
func (s *site) overLDAP(slapd *engine.Slapd) {
	s.write("directory.password", []byte(engine.SlapdPassword+"\n"))
	s.writePEM("directory.crt", "CERTIFICATE", slapd.Anchor.Raw)
	s.people = fmt.Sprintf(`[directory.ldap]
urls = ["ldap://%s"]
anchors = ["directory.crt"]
base = %q
bind_dn = %q
password_file = "directory.password"
fresh = "500ms"
`, slapd.Address, engine.SlapdBase, engine.SlapdReader)
}

// holder is somebody with a virtual card in front of an agent's client.
type holder struct {
	ctx    context.Context
	client *client.Client
	card   card.Token
	key    card.Key
}

const passcode = "246810"

func (s *site) virtualCard() *holder {
	s.t.Helper()
	device := &virtual.Device{Dir: s.path("device")}
	c, err := virtual.Create(s.t.Context(), s.path("grace.card"), device, virtual.Spec{
		Label: "grace", PIN: card.NewPIN([]byte(passcode)), PUK: card.NewPIN([]byte("87654321")), Cost: virtual.Cost{Memory: 64, Passes: 1, Lanes: 1},
		Issue: func(p card.Purpose, public crypto.PublicKey) (*x509.Certificate, error) {
			return s.ca.Issue(ca.Request{UID: grace, Name: "grace", Purpose: p, Public: public, Virtual: true})
		},
	})
	check(s.t, err)
	log := slog.New(slog.DiscardHandler)
	h := &holder{ctx: s.t.Context(), card: virtual.NewToken(c, nil, log)}
	s.t.Cleanup(func() { check(s.t, h.card.Close()) })
	keys, err := h.card.Keys(h.ctx)
	check(s.t, err)
	for _, k := range keys {
		if k.Purpose == card.Authentication {
			h.key = k
		}
	}
	h.client, err = client.New(client.Config{Log: log, Profile: client.Profile{
		Name: "local", Colour: "#7B1E6A", BaseURL: "https://" + s.address, Anchors: []*x509.Certificate{s.ca.Root()}, Proxy: "direct",
	}})
	check(s.t, err)
	s.t.Cleanup(h.client.Close)
	return h
}

// signOn signs a challenge with the card.
func (h *holder) signOn() (*client.SignOn, error) {
	a, err := h.client.Activate(h.ctx)
	if err != nil {
		return nil, err
	}
	pin, wipe := card.OnePIN(card.NewPIN([]byte(passcode)))
	defer wipe()
	der, err := answer.Build(h.ctx, a.Challenge, h.key.Cert, crypto.SHA256, func(ctx context.Context, digest []byte) ([]byte, error) {
		return h.card.Sign(ctx, h.key, digest, crypto.SHA256, pin)
	})
	if err != nil {
		return nil, err
	}
	return h.client.Validate(h.ctx, a, grace, der)
}

// code is what a server refused with.
func code(err error) failure.Code {
	var refused *broker.Refusal
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// eventually waits for something to become so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	limit := time.NewTimer(15 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
