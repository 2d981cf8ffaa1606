package bench_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/broker/directory/ldif"
	"lanyard/broker/wire/answer"
	"lanyard/broker/wire/gpobject"
	"lanyard/card"
)

// people is how many users sign on, each with a certificate of the own.
const people = 100

const settings = `
listen   = ["%[1]s"]
base_url = "https://%[1]s"
[tls]
certificate = "server.crt"
key = "server.key"
[trust]
anchors = ["ca.crt"]
virtual_cards = true
[directory]
ldif = "people.ldif"
`

// site is a folder with both programs and all that they need.
type site struct {
	b     *testing.B
	dir   string
	roots *x509.CertPool
	key   *rsa.PrivateKey // of all cards: keys take long to make and cost the server nothing
	cards []*x509.Certificate
}

func newSite(b *testing.B) *site {
	b.Helper()
	s := &site{b: b, dir: b.TempDir(), roots: x509.NewCertPool()}
	for name, pkg := range map[string]string{"lanyard-server": "lanyard/broker/cmd/lanyard-server", "bare": "lanyard/test/bench/bare"} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(s.dir, name), pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("build %s: %v\n%s", pkg, err, out)
		}
	}
	a, err := ca.Create(filepath.Join(s.dir, "ca"), ca.Options{Name: "Bench CA"})
	check(b, err)
	s.roots.AddCert(a.Root())
	s.key, err = rsa.GenerateKey(rand.Reader, 2048)
	check(b, err)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	check(b, err)
	cert, err := a.ServerCertificate([]string{"127.0.0.1"}, key.Public())
	check(b, err)
	s.write("server.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	s.write("ca.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root().Raw}))
	s.writeKey("server.key", key)
	s.writeKey("card.key", s.key)
	text := []byte(ldif.Header)
	for i := range people {
		uid := broker.UID(fmt.Sprintf("9000000%05d", i))
		c, err := a.Issue(ca.Request{UID: uid, Purpose: card.Authentication, Public: s.key.Public(), Virtual: true})
		check(b, err)
		s.cards = append(s.cards, c)
		text = ldif.Append(text, user(uid, i))
	}
	s.write("people.ldif", text)
	return s
}

// user is a person with three roles of the usual size.
func user(uid broker.UID, i int) *broker.User {
	u := &broker.User{UID: uid, Surname: "Okafor", GivenName: "Grace", Active: true}
	for n := range 3 {
		u.Roles = append(u.Roles, broker.RoleProfile{
			ID: broker.RoleProfileID(fmt.Sprintf("9001%05d%03d", i, n)), OrgPersonID: fmt.Sprintf("9002%05d%03d", i, n),
			OrgCode: "RXX", OrgName: "THE UNIVERSITY HOSPITALS NHS FOUNDATION TRUST",
			JobRole: `"Clinical":"Clinical Provision":"Health Professional Access Role"`, JobRoleCode: "S8000:G8000:R8003",
			Functions: []broker.Coded{{Name: "Manage Detailed Health Records", Code: "B0286"}, {Name: "Execute Clinical Reports", Code: "B0257"}},
		})
	}
	return u
}

func (s *site) write(name string, text []byte) {
	s.b.Helper()
	check(s.b, os.WriteFile(filepath.Join(s.dir, name), text, 0o600))
}

func (s *site) writeKey(name string, key *rsa.PrivateKey) {
	s.b.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	check(s.b, err)
	s.write(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func (s *site) product() *server {
	s.b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(s.b, err)
	address := ln.Addr().String()
	check(s.b, ln.Close())
	s.write("server.toml", fmt.Appendf(nil, settings, address))
	return run(s.b, s.roots, s.dir, "lanyard-server", "serve", "--config", filepath.Join(s.dir, "server.toml"))
}

// bare runs the bare handler with the answer of the product.
func (s *site) bare(body string, signer ...string) *server {
	s.b.Helper()
	s.write("body", []byte(body))
	args := []string{filepath.Join(s.dir, "server.crt"), filepath.Join(s.dir, "server.key"), filepath.Join(s.dir, "body")}
	for _, name := range signer {
		args = append(args, filepath.Join(s.dir, name))
	}
	return run(s.b, s.roots, s.dir, "bare", args...)
}

// send makes one request and returns the answer.
func (s *server) send(method, path, body string) string {
	s.b.Helper()
	req, err := http.NewRequestWithContext(s.b.Context(), method, "https://"+s.address+path, strings.NewReader(body))
	check(s.b, err)
	res, err := s.client.Do(req)
	check(s.b, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	check(s.b, err)
	return string(text)
}

// answers makes signed answers to fresh challenges, one a sign-on.
func (s *site) answers(p *server, n int) []string {
	s.b.Helper()
	common := "<gpPARAM name=\"auth_method\">3</gpPARAM>\n<gpPARAM name=\"app_url\">NHST</gpPARAM>\n<gpPARAM name=\"log_session_id\">a1b2</gpPARAM>\n<gpPARAM name=\"device_id\">WARD7,ClientIP=10.0.0.7</gpPARAM>\n"
	all := make([]string, n)
	for i := range all {
		o, err := gpobject.Decode([]byte(p.send(http.MethodPost, "/login/authactivate", "<gpOBJECT>\n<gpPARAM name=\"service\">ACTIVATION</gpPARAM>\n"+common+"</gpOBJECT>")))
		check(s.b, err)
		text, err := o.Only("challenge")
		check(s.b, err)
		seal, err := o.Only("signature")
		check(s.b, err)
		challenge, err := base64.StdEncoding.DecodeString(text)
		check(s.b, err)
		cert := s.cards[i%len(s.cards)]
		der, err := answer.Build(s.b.Context(), challenge, cert, crypto.SHA256, func(_ context.Context, digest []byte) ([]byte, error) {
			return s.key.Sign(rand.Reader, digest, crypto.SHA256)
		})
		check(s.b, err)
		q := new(gpobject.Object)
		q.Set("service", "AUTHENTICATION").Set("auth_method", "3").Set("app_url", "NHST").Set("log_session_id", "a1b2").
			Set("device_id", "WARD7,ClientIP=10.0.0.7").Set("challenge", text).Set("signature", seal).
			Set("uid", cert.Subject.CommonName).Set("card_type", "p11").Set("mobility", "0").
			Add(gpobject.Param{Name: "response", Encoding: "base64", Value: answer.Wrap(der)})
		all[i] = string(q.Append(nil, gpobject.ClientDTD))
	}
	return all
}

func post(path string, bodies []string) request {
	return func(i int) (string, string, io.Reader) { return http.MethodPost, path, strings.NewReader(bodies[i]) }
}

// BenchmarkValidate: a sign-on, next to a handler that reads the same request,
// verifies one RSA-2048 signature and writes the same answer. The server
// remembers the chains of certificates that it has seen, so one verification is
// what a sign-on costs it, too.
func BenchmarkValidate(b *testing.B) {
	const each = 1500
	s := newSite(b)
	p := s.product()
	first := s.answers(p, people+1)
	for _, body := range first[:people] { // every certificate was seen once
		p.send(http.MethodPost, "/login/authvalidate", body)
	}
	welcome := p.send(http.MethodPost, "/login/authvalidate", first[people])
	bare := s.bare(welcome, "card.key")
	b.ResetTimer()
	for b.Loop() {
		var products, bares []time.Duration
		for range rounds {
			bodies := s.answers(p, each)
			products = append(products, p.load(each, post("/login/authvalidate", bodies), "sso_ticket"))
			bares = append(bares, bare.load(each, post("/login/authvalidate", bodies), "sso_ticket"))
		}
		report(b, products, bares, 1.4)
	}
}

// BenchmarkAssertion: a role assertion, next to a handler that writes the same
// body.
func BenchmarkAssertion(b *testing.B) {
	const each = 8_000
	s := newSite(b)
	p := s.product()
	var paths []string
	for i, body := range s.answers(p, people) {
		o, err := gpobject.DecodeAnswer([]byte(p.send(http.MethodPost, "/login/authvalidate", body)))
		check(b, err)
		ticket, err := o.Only("sso_ticket")
		check(b, err)
		token := url.QueryEscape(ticket)
		role := fmt.Sprintf("9001%05d%03d", i, 0)
		if said := p.send(http.MethodGet, "/saml/RoleSelectionGP.jsp?token="+token+"&selectedRoleUid="+role, ""); !strings.Contains(said, "OK") {
			b.Fatalf("role selection: %s", said)
		}
		paths = append(paths, "/saml/RoleAssertion?token="+token)
	}
	bare := s.bare(p.send(http.MethodGet, paths[0], ""))
	get := func(i int) (string, string, io.Reader) { return http.MethodGet, paths[i%len(paths)], nil }
	b.ResetTimer()
	for b.Loop() {
		var products, bares []time.Duration
		for range rounds {
			products = append(products, p.load(each, get, "samlp:Success"))
			bares = append(bares, bare.load(each, get, "samlp:Success"))
		}
		report(b, products, bares, 1.25)
	}
}
