package bench_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/broker/directory/ldif"
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
intermediates = ["issuing.crt"]
virtual_cards = true
[directory]
ldif = "people.ldif"
`

// site is a folder with both programs and all that they need.
type site struct {
	b     *testing.B
	dir   string
	roots *x509.CertPool
	ca    *ca.Authority
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
	var err error
	s.ca, err = ca.Create(filepath.Join(s.dir, "ca"), ca.Options{Name: "Bench CA", Issuing: true})
	check(b, err)
	s.roots.AddCert(s.ca.Root())
	s.key, err = rsa.GenerateKey(rand.Reader, 2048)
	check(b, err)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	check(b, err)
	cert, err := s.ca.ServerCertificate([]string{"127.0.0.1"}, key.Public())
	check(b, err)
	s.writeCertificates("server.crt", cert, s.ca.Issuer())
	s.writeCertificates("ca.crt", s.ca.Root())
	s.writeCertificates("issuing.crt", s.ca.Issuer())
	s.writeKey("server.key", key)
	s.writeKey("card.key", s.key)
	text := []byte(ldif.Header)
	for i := range people {
		c, err := s.ca.Issue(ca.Request{UID: uidOf(i), Purpose: card.Authentication, Public: s.key.Public(), Virtual: true})
		check(b, err)
		s.cards = append(s.cards, c)
		text = ldif.Append(text, personOf(i))
	}
	s.write("people.ldif", text)
	aside(b) // what is built before is built on all cores
	return s
}

func uidOf(i int) broker.UID { return broker.UID(fmt.Sprintf("9000000%05d", i)) }

func roleOf(i, n int) broker.RoleProfileID {
	return broker.RoleProfileID(fmt.Sprintf("9001%05d%03d", i, n))
}

// personOf is somebody with three roles of the usual size.
func personOf(i int) *broker.User {
	u := &broker.User{UID: uidOf(i), Surname: "Okafor", GivenName: "Grace", Active: true}
	for n := range 3 {
		u.Roles = append(u.Roles, broker.RoleProfile{
			ID: roleOf(i, n), OrgPersonID: fmt.Sprintf("9002%05d%03d", i, n),
			OrgCode: "RXX", OrgName: "THE UNIVERSITY HOSPITALS NHS FOUNDATION TRUST",
			JobRole: `"Clinical":"Clinical Provision":"Health Professional Access Role"`, JobRoleCode: "S8000:G8000:R8003",
			Functions: []broker.Coded{{Name: "Manage Detailed Health Records", Code: "B0286"}, {Name: "Execute Clinical Reports", Code: "B0257"}},
		})
	}
	return u
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) write(name string, text []byte) {
	s.b.Helper()
	check(s.b, os.WriteFile(s.path(name), text, 0o600))
}

func (s *site) writeCertificates(name string, all ...*x509.Certificate) {
	s.b.Helper()
	var text []byte
	for _, c := range all {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	s.write(name, text)
}

func (s *site) writeKey(name string, key *rsa.PrivateKey) {
	s.b.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	check(s.b, err)
	s.write(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// product runs the Identity Server with the settings that it comes with.
func (s *site) product() *server {
	s.b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(s.b, err)
	address := ln.Addr().String()
	check(s.b, ln.Close())
	s.write("server.toml", fmt.Appendf(nil, settings, address))
	return run(s.b, s.roots, s.dir, "lanyard-server", "serve", "--config", s.path("server.toml"))
}

// bare runs the bare handler with the answer of the product; it verifies so
// many RSA signatures for each request.
func (s *site) bare(body string, signatures int) *server {
	s.b.Helper()
	s.write("body", []byte(body))
	return run(s.b, s.roots, s.dir, "bare", s.path("server.crt"), s.path("server.key"), s.path("body"), s.path("card.key"), strconv.Itoa(signatures))
}

// send makes one request and returns the answer, which must be a success.
func (s *server) send(method, path, body string) string {
	s.b.Helper()
	req, err := http.NewRequestWithContext(s.b.Context(), method, "https://"+s.address+path, strings.NewReader(body))
	check(s.b, err)
	res, err := s.client.Do(req)
	check(s.b, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	check(s.b, err)
	if res.StatusCode != http.StatusOK {
		s.b.Fatalf("%s: %s\n%s", s.name, res.Status, text)
	}
	return string(text)
}
