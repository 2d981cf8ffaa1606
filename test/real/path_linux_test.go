package real_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/localapi"
	"lanyard/broker/wire/saml11"
	"lanyard/card"
	"lanyard/card/pcsc"
)

// TestFromCardToTicket signs on with the card in the reader, lets an
// application have the ticket and an assertion, and pulls the card.
func TestFromCardToTicket(t *testing.T) {
	c := bench.dial(t)
	s := until(t, c, "the question for the passcode", func(s localapi.State) bool { return s.PINWanted && s.Card != nil })

	t.Run("another program gets at the card while the passcode is asked", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		conn, err := pcsc.Connect(ctx, card.ReaderID(s.Card.Reader), 0)
		if err != nil {
			t.Fatalf("not within a second: %v", err)
		}
		if _, err := conn.Transmit(ctx, []byte{0x00, 0xA4, 0x04, 0x00, 0x09, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x00}); err != nil {
			t.Errorf("not within a second: %v", err)
		}
		if err := conn.Disconnect(false); err != nil {
			t.Error(err)
		}
	})

	if err := c.SubmitPIN(t.Context(), s.Card.Gen, card.NewPIN([]byte(bench.env["LANYARD_PIN"]))); err != nil {
		t.Fatal(err)
	}
	s = until(t, c, "the choice of a role", func(s localapi.State) bool { return s.Phase == "choosing-role" })
	if err := c.ChooseRole(t.Context(), s.Roles[0].ID, broker.LiveMode); err != nil {
		t.Fatal(err)
	}
	until(t, c, "the sign-on", func(s localapi.State) bool { return s.Phase == "signed-on" })

	t.Run("the card asks for the passcode again", func(t *testing.T) {
		out := tool(t, "opensc-tool", "-s", "00A4040009A00000030800001000", "-s", "00200080")
		if !strings.Contains(out, "SW1=0x63, SW2=0xC3") {
			t.Errorf("the PIN state is not dropped:\n%s", out)
		}
	})

	ticket, err := bench.lanyard(t, "ticket", "--no-prompt")
	if err != nil {
		t.Fatalf("lanyard ticket: %v\n%s", err, ticket)
	}
	t.Run("lanyard whoami --json", func(t *testing.T) {
		out, err := bench.lanyard(t, "whoami", "--json")
		var who localapi.Who
		if err := json.Unmarshal([]byte(out), &who); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if err != nil || string(who.User.UID) != bench.env["LANYARD_UID"] || who.Role == nil || who.User.Until.IsZero() {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("lanyard sessions", func(t *testing.T) {
		out, err := bench.lanyard(t, "sessions")
		if err != nil || !strings.Contains(out, "this desk") || strings.Contains(out, "AQIC") {
			t.Errorf("%v\n%s", err, out)
		}
	})
	if a := assertion(t, ticket); !a.OK() || string(a.UID()) != bench.env["LANYARD_UID"] || a.Selected() != s.Roles[0].ID {
		t.Errorf("assertion: %s, uid %s, role %s", a.Status, a.UID(), a.Selected())
	}

	if out, err := bench.lanyard(t, "card", "remove"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	until(t, c, "an empty desk", func(s localapi.State) bool { return s.Phase == "no-card" && s.Card == nil && s.Owed == 0 })
	if a := assertion(t, ticket); a.OK() {
		t.Error("the ticket works after the card was pulled")
	}
	if out, err := bench.lanyard(t, "ticket", "--no-prompt"); err == nil || !strings.Contains(out, "NO-SESSION") {
		t.Errorf("a ticket without a card: %v\n%s", err, out)
	}
	if out, err := bench.lanyard(t, "card", "insert", "demo"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	until(t, c, "the next question", func(s localapi.State) bool { return s.PINWanted })
	if log := bench.log(); !strings.Contains(log, "/login/authvalidate") || strings.Contains(log, ticket) || strings.Contains(log, "AQIC") {
		t.Error("the ticket is in the log")
	}
}

// web is an application that trusts the bench's CA.
func web(t *testing.T) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(bench.env["LANYARD_CA"])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("LANYARD_CA holds no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// assertion asks the server whose ticket it is.
func assertion(t *testing.T, ticket string) *saml11.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, bench.env["LANYARD_SERVER"]+"/saml/RoleAssertion?token="+url.QueryEscape(ticket), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := web(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a, err := saml11.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
