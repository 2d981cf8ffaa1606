//go:build unix

package engine

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lanyard/broker/ca"
)

// What every slapd of a test is set up with.
const (
	SlapdBase     = "o=nhs"
	SlapdReader   = "cn=lanyard-server,o=nhs"
	SlapdPassword = "of the tests" // the reader's and the administrator's
	slapdAdmin    = "cn=admin,o=nhs"
)

// Slapd is an OpenLDAP server of the test's own, set up as packaging/ldap says.
// It speaks LDAP, with StartTLS, and LDAPS.
type Slapd struct {
	*process
	Address    string // of LDAP: "127.0.0.1:port"
	TLSAddress string // of LDAPS
	Anchor     *x509.Certificate
	AnchorFile string // Anchor in PEM
	dir        string
}

// SlapdOptions are what a test wants otherwise.
type SlapdOptions struct {
	Plain bool // passwords are taken over connections that are not encrypted
	Size  int  // entries that the reader gets at most; 0: as packaged
}

// StartSlapd runs a server that holds what an LDIF file says, and the reader's
// account.
func StartSlapd(tb testing.TB, people []byte, o SlapdOptions) *Slapd {
	tb.Helper()
	s := &Slapd{dir: tb.TempDir(), Address: address(port(tb)), TLSAddress: address(port(tb))}
	s.certify(tb)
	conf := s.configure(tb, o)
	s.load(tb, conf, people)
	s.process = run(tb, "slapd "+s.Address, func() *exec.Cmd {
		return exec.Command("/usr/sbin/slapd", "-f", conf, "-h", "ldap://"+s.Address+" ldaps://"+s.TLSAddress, "-d", "0")
	})
	s.ready()
	return s
}

// certify makes the server's certificate.
func (s *Slapd) certify(tb testing.TB) {
	tb.Helper()
	authority, err := ca.Create(filepath.Join(s.dir, "ca"), ca.Options{Name: "Directory Test CA", P256: true})
	fatal(tb, err, "authority of slapd")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fatal(tb, err, "key of slapd")
	cert, err := authority.ServerCertificate([]string{"127.0.0.1"}, key.Public())
	fatal(tb, err, "certificate of slapd")
	der, err := x509.MarshalPKCS8PrivateKey(key)
	fatal(tb, err, "key of slapd")
	s.Anchor, s.AnchorFile = authority.Root(), filepath.Join(s.dir, "ca.crt")
	for name, block := range map[string]*pem.Block{
		"ca.crt":     {Type: "CERTIFICATE", Bytes: s.Anchor.Raw},
		"server.crt": {Type: "CERTIFICATE", Bytes: cert.Raw},
		"server.key": {Type: "PRIVATE KEY", Bytes: der},
	} {
		fatal(tb, os.WriteFile(filepath.Join(s.dir, name), pem.EncodeToMemory(block), 0o600), name)
	}
}

// configure writes the packaged settings with the test's own folders.
func (s *Slapd) configure(tb testing.TB, o SlapdOptions) (file string) {
	tb.Helper()
	packaged := filepath.Join(moduleRoot(tb), "packaging", "ldap")
	text, err := os.ReadFile(filepath.Join(packaged, "slapd.conf"))
	fatal(tb, err, "packaged settings of slapd")
	changes := []string{
		"/etc/ldap/schema/lanyard.schema", filepath.Join(packaged, "lanyard.schema"),
		"/etc/ldap/tls/", s.dir + "/",
		"/run/slapd/", s.dir + "/",
		"/var/lib/ldap", filepath.Join(s.dir, "people"),
		"# rootpw {SSHA}...", `rootpw "` + SlapdPassword + `"` + "\ndbnosync",
	}
	if o.Plain {
		changes = append(changes, "security simple_bind=128", "")
	}
	if o.Size > 0 {
		changes = append(changes, "size=5000", "size="+strconv.Itoa(o.Size))
	}
	conf := strings.NewReplacer(changes...).Replace(string(text))
	file = filepath.Join(s.dir, "slapd.conf")
	fatal(tb, os.WriteFile(file, []byte(conf), 0o600), "settings of slapd")
	fatal(tb, os.Mkdir(filepath.Join(s.dir, "people"), 0o700), "folder of slapd")
	return file
}

const slapdAccount = `
dn: ` + SlapdReader + `
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: lanyard-server
userPassword: ` + SlapdPassword + `
`

// load puts the people in. slapadd takes no version line that a blank one follows.
func (s *Slapd) load(tb testing.TB, conf string, people []byte) {
	tb.Helper()
	text := slices.Concat(bytes.TrimPrefix(people, []byte("version: 1\n")), []byte(slapdAccount))
	file := filepath.Join(s.dir, "people.ldif")
	fatal(tb, os.WriteFile(file, text, 0o600), "people of slapd")
	must(tb, exec.Command("/usr/sbin/slapadd", "-q", "-f", conf, "-l", file))
}

func (s *Slapd) ready() {
	s.tb.Helper()
	until(s.tb, "slapd", func() error { return answers(s.TLSAddress) })
}

// Restart starts the server again after Kill.
func (s *Slapd) Restart() {
	s.tb.Helper()
	s.start()
	s.ready()
}

// Modify makes changes, as LDIF says them.
func (s *Slapd) Modify(changes string) {
	s.tb.Helper()
	cmd := exec.Command("ldapmodify", "-x", "-ZZ", "-H", "ldap://"+s.Address, "-D", slapdAdmin, "-w", SlapdPassword)
	cmd.Env = append(cmd.Environ(), "LDAPTLS_CACERT="+s.AnchorFile)
	cmd.Stdin = strings.NewReader(changes)
	must(s.tb, cmd)
}

// moduleRoot is the top of the checkout.
func moduleRoot(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	fatal(tb, err, "working folder")
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			tb.Fatalf("no go.mod above %s", dir)
		}
	}
}
