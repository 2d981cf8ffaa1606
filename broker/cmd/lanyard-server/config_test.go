package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"lanyard/broker/session"
)

const minimal = `
listen = ["127.0.0.1:8443"]
base_url = "https://gas.example.org"
[tls]
certificate = "server.crt"
key = "/etc/lanyard/server.key"
[trust]
anchors = ["ca.crt"]
[directory]
ldif = "people.ldif"
`

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "server.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadConfig(t *testing.T) {
	path := write(t, minimal+"[sessions]\nidle = \"90m\"\nlimit = 2\nover_limit = \"end-oldest\"\n")
	c, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(path)
	for _, p := range []struct{ got, want string }{
		{c.TLS.Certificate, filepath.Join(dir, "server.crt")},
		{c.Trust.Anchors[0], filepath.Join(dir, "ca.crt")},
		{c.KeyFile, filepath.Join(dir, "seal.key")},
		{c.Sessions.Store, filepath.Join(dir, "sessions.db")},
	} {
		if p.got != p.want {
			t.Errorf("path %s, want %s", p.got, p.want)
		}
	}
	if got := time.Duration(c.Sessions.Idle); got != 90*time.Minute {
		t.Errorf("idle time %v", got)
	}
	if got, want := c.limit(), (session.Limit{Sessions: 2, Policy: session.EndOldest}); got != want {
		t.Errorf("limit %+v, want %+v", got, want)
	}
	if c.Trust.VirtualCards || c.Trust.SHA1 || c.Trust.RSA1024 || c.Demo {
		t.Error("a policy is weak by default")
	}
}

func TestReadConfigRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string // all told together
	}{
		"empty":             {"", []string{"listen", "base_url", "tls.certificate", "tls.key", "trust.anchors", "directory.ldif"}},
		"unknown keys":      {minimal + "[log]\nlevle = \"info\"\ncolour = 1\n", []string{"levle", "colour"}},
		"not TOML":          {"listen = [", []string{"server.toml"}},
		"wrong kind":        {"listen = 1", []string{"server.toml"}},
		"no duration":       {minimal + "[sessions]\nidle = \"soon\"\n", []string{"soon"}},
		"values":            {minimal + "[sessions]\nidle = \"1s\"\nover_limit = \"maybe\"\nlimit = -1\n[log]\nlevel = \"loud\"\nformat = \"xml\"\n", []string{"sessions.idle", "maybe", "sessions.limit", "loud", "xml"}},
		"unknown store":     {minimal + "[store]\nkind = \"paper\"\n", []string{"store.kind", "paper"}},
		"store nowhere":     {minimal + "[store]\nkind = \"postgres\"\n", []string{"store.address"}},
		"address of a file": {minimal + "[store]\naddress = \"x\"\n", []string{"store.address"}},
		"too large":         {"#" + strings.Repeat("x", maxConfig), []string{"larger"}},
		"doubled table":     {minimal + "[tls]\nkey = \"x\"\n", []string{"tls"}},
	} {
		_, err := readConfig(write(t, c.text))
		if err == nil {
			t.Errorf("%s is taken", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not tell of %q:\n%v", name, want, err)
			}
		}
	}
	if _, err := readConfig(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestSealKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seal.key")
	first, err := sealKeys(path)
	if err != nil || len(first.Current) != session.KeySize {
		t.Fatalf("%d octets, %v", len(first.Current), err)
	}
	second, err := sealKeys(path)
	if err != nil || string(first.Current) != string(second.Current) {
		t.Errorf("the key of a second start is another: %v", err)
	}
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", fi.Mode())
	}
	if err := os.WriteFile(path, []byte("c2hvcnQ=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sealKeys(path); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a short key: %v", err)
	}
}

func TestCertificates(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty.pem": "", "noise.pem": "-----BEGIN nothing", "key.pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"cut.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := certificates([]string{path}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %d certificates, %v", name, len(got), err)
		}
	}
}

// TestExample: the example is read, and what it calls a default is one.
func TestExample(t *testing.T) {
	text, err := os.ReadFile("example.toml")
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, string(text))
	c, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	open := regexp.MustCompile(`(?m)^# ([a-z0-9_]+ *= )`).ReplaceAllString(string(text), "$1")
	if err := os.WriteFile(path, []byte(open), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c, d) {
		t.Errorf("with its comments opened the example says\n%+v\nand not\n%+v", d, c)
	}
}
