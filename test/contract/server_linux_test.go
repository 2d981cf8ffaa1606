package contract_test

import (
	"bufio"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/broker/directory/ldif"
	"lanyard/card"
)

const grace broker.UID = "900000000017"

// binary is where TestMain had the server built.
var binary string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "contract")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "lanyard-server")
	cmd := exec.Command("go", "build", "-o", binary, "lanyard/broker/cmd/lanyard-server")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the server: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// site is the folder of a server: its settings and all that they name.
type site struct {
	t   *testing.T
	dir string
	ca  *ca.Authority

	address string // of the server, once it was started
	old     bool   // whether it takes old cards
	people  string // settings of the directory
	more    string // further settings
}

const settings = `
listen   = ["%[1]s"]
base_url = "https://%[1]s"

[tls]
certificate = "server.crt"
key         = "server.key"

[trust]
anchors       = ["ca.crt"]
virtual_cards = true
sha1          = %[2]t
rsa1024       = %[2]t

[directory]
%[3]s

[log]
level = "debug"
`

// newSite makes the folder.
func newSite(t *testing.T) *site {
	t.Helper()
	a, err := ca.Create(filepath.Join(t.TempDir(), "ca"), ca.Options{Name: "Contract Test CA", P256: true, Issuing: true})
	check(t, err)
	s := &site{t: t, dir: t.TempDir(), ca: a, people: `ldif = "people.ldif"`}
	key := rsaKey(t)
	cert, err := a.ServerCertificate([]string{"127.0.0.1", "localhost"}, key.Public())
	check(t, err)
	s.writePEM("server.crt", "CERTIFICATE", cert.Raw, a.Issuer().Raw)
	s.writeKey("server.key", key)
	s.writePEM("ca.crt", "CERTIFICATE", a.Issuer().Raw) // an anchor may be a sub CA
	s.writePEM("root.crt", "CERTIFICATE", a.Root().Raw)
	s.write("people.ldif", ldif.Append([]byte(ldif.Header), &broker.User{
		UID: grace, Surname: "Okafor", GivenName: "Grace", Active: true,
		Roles: []broker.RoleProfile{
			role("900000001015", `"Clinical":"Clinical Provision":"Nurse Access Role"`, "S8000:G8000:R8001"),
			role("900000001023", `"Admin & Clerical":"Admin":"Clerk"`, "S8001:G8001:R8008"),
		},
	}))
	return s
}

func role(id, job, code string) broker.RoleProfile {
	return broker.RoleProfile{
		ID: broker.RoleProfileID(id), OrgPersonID: "900000000900", OrgCode: "RXX", OrgName: "A & E, THE TRUST", JobRole: job, JobRoleCode: code,
		Functions: []broker.Coded{{Name: "Manage Detailed Health Records", Code: "B0286"}},
	}
}

// card issues a certificate for the person and writes certificate and key.
func (s *site) card() {
	s.t.Helper()
	key := rsaKey(s.t)
	cert, err := s.ca.Issue(ca.Request{UID: grace, Purpose: card.Authentication, Public: key.Public(), Virtual: true})
	check(s.t, err)
	s.writePEM("card.crt", "CERTIFICATE", cert.Raw)
	s.writeKey("card.key", key)
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) write(name string, text []byte) {
	s.t.Helper()
	check(s.t, os.WriteFile(s.path(name), text, 0o600))
}

func (s *site) writePEM(name, kind string, ders ...[]byte) {
	s.t.Helper()
	var text []byte
	for _, der := range ders {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	s.write(name, text)
}

func (s *site) writeKey(name string, key crypto.Signer) {
	s.t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	check(s.t, err)
	s.writePEM(name, "PRIVATE KEY", der)
}

// process is a running server.
type process struct {
	log  string // file
	stop func() // SIGTERM, and waits for an orderly end
}

// start runs the binary. Its address is settled before, because clients are
// told addresses that begin with it.
func (s *site) start() *process {
	s.t.Helper()
	if s.address == "" {
		ln, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", "127.0.0.1:0")
		check(s.t, err)
		s.address = ln.Addr().String()
		check(s.t, ln.Close())
	}
	s.write("server.toml", append(fmt.Appendf(nil, settings, s.address, s.old, s.people), s.more...))
	p := &process{log: s.path("server.log")}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	check(s.t, err)
	defer log.Close()
	cmd := exec.Command(binary, "serve", "--config", s.path("server.toml"))
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	check(s.t, err)
	check(s.t, cmd.Start())
	p.stop = sync.OnceFunc(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			s.t.Errorf("end the server: %v", err)
		}
		if err := cmd.Wait(); err != nil {
			s.t.Errorf("the server ended: %v\n%s", err, p.text(s.t))
		}
	})
	s.t.Cleanup(p.stop)
	watchdog := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	watchdog.Stop()
	if err != nil {
		s.t.Fatalf("the server did not become ready: %v\n%s", err, p.text(s.t))
	}
	if got := strings.TrimSpace(line); got != "ready "+s.address {
		s.t.Fatalf("the server says %q", got)
	}
	return p
}

func (p *process) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(p.log)
	check(t, err)
	return string(text)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	check(t, err)
	return k
}
