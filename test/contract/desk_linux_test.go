package contract_test

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// desk is a client of a running server that puts its requests together by hand
// and reads answers as text.
type desk struct {
	t    *testing.T
	host string
	tls  *tls.Config
}

// newDesk starts a server, which takes old cards where that is set, and issues
// a card.
func newDesk(t *testing.T, old bool) (*desk, *site) {
	t.Helper()
	s := newSite(t)
	s.old = old
	s.card()
	return s.desk(), s
}

// desk starts the site's server and sits down at it.
func (s *site) desk() *desk {
	s.t.Helper()
	s.start()
	roots := x509.NewCertPool()
	text, err := os.ReadFile(s.path("root.crt"))
	check(s.t, err)
	if !roots.AppendCertsFromPEM(text) {
		s.t.Fatal("no root certificate")
	}
	return &desk{t: s.t, host: s.address, tls: &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}}
}

// reply is an answer: its head as it came and its body.
type reply struct {
	status     int
	head, body string
	header     http.Header
	open       bool // the connection was kept
}

// wire sends octets on a connection of its own and reads one answer.
func (d *desk) wire(request string) reply {
	d.t.Helper()
	c := d.dial()
	defer c.Close()
	_, err := io.WriteString(c, request)
	check(d.t, err)
	return d.read(c, request)
}

func (d *desk) dial() net.Conn {
	d.t.Helper()
	dialer := &tls.Dialer{NetDialer: &net.Dialer{Timeout: 5 * time.Second}, Config: d.tls}
	c, err := dialer.DialContext(d.t.Context(), "tcp", d.host)
	check(d.t, err)
	check(d.t, c.SetDeadline(time.Now().Add(15*time.Second)))
	return c
}

// read reads one answer and tells whether the server then hangs up.
func (d *desk) read(c net.Conn, request string) reply {
	d.t.Helper()
	method, _, _ := strings.Cut(request, " ")
	var seen bytes.Buffer
	r := bufio.NewReader(io.TeeReader(c, &seen))
	answer, err := http.ReadResponse(r, &http.Request{Method: method})
	check(d.t, err)
	body, err := io.ReadAll(answer.Body)
	check(d.t, err)
	check(d.t, answer.Body.Close())
	p := reply{status: answer.StatusCode, body: string(body), header: answer.Header, open: !answer.Close}
	p.head, _, _ = strings.Cut(seen.String(), "\r\n\r\n")
	if !p.open {
		if _, err := r.ReadByte(); err != io.EOF {
			d.t.Errorf("the connection was not closed behind the answer: %v", err)
		}
	}
	return p
}

// send sends a request of HTTP/1.1 with more header lines.
func (d *desk) send(method, target, body string, lines ...string) reply {
	d.t.Helper()
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\n", method, target, d.host, oldAgent)
	for _, l := range lines {
		head += l + "\r\n"
	}
	if body != "" || method == http.MethodPost {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	return d.wire(head + "\r\n" + body)
}

const oldAgent = "Mozilla/4.0(compatible;IE;GACv10. 0. 0. 1)"

// document is a gpOBJECT as deployed clients write it, in lines that begin
// with some indent; pairs are names and values.
func document(indent string, pairs ...string) string {
	lines := []string{`<?xml version="1.0" encoding="UTF-8"?>`, `<!DOCTYPE USER SYSTEM "gpOBJECT.DTD">`, "<gpOBJECT>"}
	for i := 0; i+1 < len(pairs); i += 2 {
		attrs := `name="` + pairs[i] + `"`
		if pairs[i] == "response" {
			attrs += ` encoding="base64"`
		}
		lines = append(lines, "<gpPARAM "+attrs+">"+pairs[i+1]+"</gpPARAM>")
	}
	return strings.Join(append(lines, "</gpOBJECT>"), "\n"+indent)
}

func activation(indent string) string {
	return document(indent, "auth_method", "3", "app_url", "NHST", "log_session_id", "Ao9qufl+uA",
		"device_id", "79781416,ClientIP=10.0.2.15", "service", "ACTIVATION")
}

// value finds a parameter as deployed clients do.
func value(body, name string) string {
	m := regexp.MustCompile(`<gpPARAM name="` + name + `">([^<]+)</gpPARAM>`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return m[1]
}

func (d *desk) activate() reply {
	d.t.Helper()
	p := d.send(http.MethodPost, "/login/authactivate", activation("        "))
	if p.status != http.StatusOK {
		d.t.Fatalf("activate: %d %s", p.status, p.body)
	}
	return p
}

// signer is what a client has of a card.
type signer struct {
	cert []byte // DER, as the client sends it
	key  *rsa.PrivateKey
}

func (s *site) signer() signer {
	s.t.Helper()
	cert, _ := pem.Decode(s.read("card.crt"))
	block, _ := pem.Decode(s.read("card.key"))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	check(s.t, err)
	return signer{cert: cert.Bytes, key: key.(*rsa.PrivateKey)}
}

func (s *site) read(name string) []byte {
	s.t.Helper()
	text, err := os.ReadFile(s.path(name))
	check(s.t, err)
	return text
}

// answer signs a challenge and sends it to validate, dressed by dress.
func (d *desk) answer(w signer, h crypto.Hash, active reply, dress func(cms []byte) string) reply {
	d.t.Helper()
	challenge, err := base64.StdEncoding.DecodeString(value(active.body, "challenge"))
	check(d.t, err)
	response := dress(w.cms(d.t, challenge, h))
	return d.send(http.MethodPost, "/login/authvalidate", document("        ",
		"auth_method", "3", "app_url", "NHST", "log_session_id", "Ao9qufl+uA", "device_id", "79781416,ClientIP=10.0.2.15",
		"service", "AUTHENTICATION", "challenge", value(active.body, "challenge"), "signature", value(active.body, "signature"),
		"uid", string(grace), "card_type", "p11", "response", response, "mobility", "0"))
}

// signOn goes the path to the ticket.
func (d *desk) signOn(w signer) reply {
	d.t.Helper()
	p := d.answer(w, crypto.SHA256, d.activate(), indentedMIME)
	if p.status != http.StatusOK || value(p.body, "sso_ticket") == "" {
		d.t.Fatalf("validate: %d %s", p.status, p.body)
	}
	return p
}

func (d *desk) selectRole(query string) reply {
	d.t.Helper()
	return d.send(http.MethodGet, "/saml/RoleSelectionGP.jsp?"+query, "")
}

func (d *desk) assertion(ticket string) reply {
	d.t.Helper()
	return d.send(http.MethodGet, "/saml/RoleAssertion?token="+url.QueryEscape(ticket), "")
}

func (d *desk) logout(method, target, ticket string) reply {
	d.t.Helper()
	return d.send(method, target, document("        ", "service", "LOGOUT", "sso_ticket", ticket,
		"log_session_id", "Ao9qufl+uA", "device_id", "79781416,ClientIP=10.0.2.15", "uid", string(grace)))
}

const success = `<samlp:StatusCode Value="samlp:Success"/>`
