package docs_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lanyard/broker/ca"
	"lanyard/broker/directory/ldif"
	"lanyard/test/engine"
)

// startWithin is how long a server may take to be built and to be ready.
const startWithin = 2 * time.Minute

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestDirectory: the example is read without a fault.
func TestDirectory(t *testing.T) {
	d, err := ldif.Open(writeDirectory(t, t.TempDir()), slog.New(slog.DiscardHandler))
	check(t, err)
	u, err := d.User(t.Context(), "900000000017")
	check(t, err)
	if f := d.Faults(); f.Count > 0 || len(u.OpenRoles(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))) != 1 {
		t.Errorf("%d faults (%v), %+v", f.Count, f.First, u)
	}
}

func writeDirectory(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "people.ldif")
	check(t, os.WriteFile(path, []byte(example(t, "administrator.md", "ldif", "version: 1")), 0o600))
	return path
}

// TestServerSettings: a server runs with the example as it stands, but for the
// folders and the port, and has nothing to complain of.
func TestServerSettings(t *testing.T) {
	text := example(t, "administrator.md", "toml", "[sessions]")
	keysIn(t, text, slices.DeleteFunc(serverKeys(t), ofLDAP))
	dir := t.TempDir()
	material(t, dir)
	runExample(t, dir, text)
}

func ofLDAP(key string) bool { return strings.HasPrefix(key, "directory.ldap.") }

// TestServerSettingsOverLDAP: the same with the example of a directory over
// LDAP, and the example's people in a slapd.
func TestServerSettingsOverLDAP(t *testing.T) {
	text := example(t, "administrator.md", "toml", "[sessions]")
	over := example(t, "administrator.md", "toml", "[directory.ldap]")
	keysIn(t, over, slices.DeleteFunc(serverKeys(t), func(key string) bool { return !ofLDAP(key) }))
	dir := t.TempDir()
	material(t, dir)
	people, err := os.ReadFile(filepath.Join(dir, "people.ldif"))
	check(t, err)
	slapd := engine.StartSlapd(t, append([]byte(ldif.Header), bytes.TrimPrefix(people, []byte("version: 1\n"))...), engine.SlapdOptions{})
	writePEM(t, filepath.Join(dir, "directory-ca.crt"), "CERTIFICATE", slapd.Anchor.Raw)
	check(t, os.WriteFile(filepath.Join(dir, "directory.password"), []byte(engine.SlapdPassword), 0o600))
	over = regexp.MustCompile(`(?m)^urls .*$`).ReplaceAllString(over, `urls = ["ldaps://`+slapd.TLSAddress+`"]`)
	runExample(t, dir, regexp.MustCompile(`(?m)^\[directory\]\n.*$`).ReplaceAllString(text, over))
}

// runExample runs a server with an example whose folders are all one.
func runExample(t *testing.T, dir, text string) {
	t.Helper()
	for _, folder := range []string{"/etc/lanyard", "/var/lib/lanyard-server", "/run/credentials/lanyard-server.service"} {
		text = strings.ReplaceAll(text, `"`+folder+"/", `"`+dir+"/")
	}
	listen := regexp.MustCompile(`(?m)^listen = .*$`)
	file := filepath.Join(dir, "server.toml")
	check(t, os.WriteFile(file, []byte(listen.ReplaceAllString(text, `listen = ["127.0.0.1:0"]`)), 0o600))
	run(t, file)
}

// material makes the files that the example names.
func material(t *testing.T, dir string) {
	t.Helper()
	a, err := ca.Create(filepath.Join(dir, "ca"), ca.Options{Name: "Manual Test CA", P256: true, Issuing: true})
	check(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	cert, err := a.ServerCertificate([]string{"signon.moorvale.example"}, key.Public())
	check(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	check(t, err)
	lists, err := a.CRLs(time.Now())
	check(t, err)
	writePEM(t, filepath.Join(dir, "server.crt"), "CERTIFICATE", cert.Raw, a.Issuer().Raw)
	writePEM(t, filepath.Join(dir, "server.key"), "PRIVATE KEY", der)
	writePEM(t, filepath.Join(dir, "cards-root.crt"), "CERTIFICATE", a.Root().Raw)
	writePEM(t, filepath.Join(dir, "cards-issuing.crt"), "CERTIFICATE", a.Issuer().Raw)
	writePEM(t, filepath.Join(dir, "cards.crl"), "X509 CRL", lists...)
	writeDirectory(t, dir)
}

func writePEM(t *testing.T, path, kind string, ders ...[]byte) {
	t.Helper()
	var text []byte
	for _, der := range ders {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	check(t, os.WriteFile(path, text, 0o600))
}

// run builds and starts the server, waits until it is ready and ends it.
func run(t *testing.T, file string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startWithin)
	defer cancel()
	binary := filepath.Join(t.TempDir(), "lanyard-server")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "lanyard/broker/cmd/lanyard-server")
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, out)
	}
	server := exec.CommandContext(ctx, binary, "serve", "--config", file)
	var log strings.Builder
	server.Stderr = &log
	out, err := server.StdoutPipe()
	check(t, err)
	check(t, server.Start())
	line, readErr := bufio.NewReader(out).ReadString('\n')
	_ = server.Process.Signal(syscall.SIGTERM) // gone already is told by Wait
	if err := server.Wait(); err != nil || !strings.HasPrefix(line, "ready ") {
		t.Fatalf("said %q (%v), ended with %v\n%s", line, readErr, err, log.String())
	}
	if strings.Contains(log.String(), "level=WARN") || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the server complains of the example:\n%s", log.String())
	}
}

// serverKeys lists the keys of the server's settings, which live in a package
// main and are read from its source.
func serverKeys(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "broker", "cmd", "lanyard-server", "config.go"), nil, 0)
	check(t, err)
	var keys []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if ok && spec.Name.Name == "config" {
			keys = keysOf(t, spec.Type, "")
		}
		return true
	})
	return keys
}

func keysOf(t *testing.T, e ast.Expr, prefix string) []string {
	t.Helper()
	s, ok := e.(*ast.StructType)
	if !ok {
		return nil
	}
	var keys []string
	for _, f := range s.Fields.List {
		tag, err := strconv.Unquote(f.Tag.Value)
		check(t, err)
		key := prefix + reflect.StructTag(tag).Get("toml")
		if below := keysOf(t, f.Type, key+"."); below != nil {
			keys = append(keys, below...)
		} else {
			keys = append(keys, key)
		}
	}
	return keys
}
