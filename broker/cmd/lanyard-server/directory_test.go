package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lanyard/broker/ca"
)

var overLDAP = strings.Replace(minimal, `ldif = "people.ldif"`, `[directory.ldap]
urls = ["ldaps://directory.example"]
anchors = ["ca/root.crt"]
base = "o=nhs"
bind_dn = "cn=lanyard-server,o=nhs"
password_file = "password"
`, 1)

func TestDirectorySettings(t *testing.T) {
	c, err := readConfig(write(t, overLDAP))
	if err != nil {
		t.Fatal(err)
	}
	if d := c.Directory.LDAP; !filepath.IsAbs(d.Anchors[0]) || !filepath.IsAbs(d.PasswordFile) || d.Plain || d.Stale != 0 {
		t.Errorf("%+v", d)
	}
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"both":    {strings.Replace(overLDAP, "[directory]", "[directory]\nldif = \"a\"", 1), []string{"are both there"}},
		"neither": {strings.Replace(overLDAP, "urls", "# urls", 1), []string{"directory.ldif is missing, or directory.ldap.urls"}},
		"empty": {
			strings.Replace(minimal, `ldif = "people.ldif"`, "[directory.ldap]\nurls = [\"ldaps://a\"]", 1),
			[]string{"ldap.base", "ldap.bind_dn", "ldap.password_file", "ldap.anchors"},
		},
		"values": {
			overLDAP + "connections = 0\npeople = -1\nfresh = \"2h\"\nstale = \"-1s\"\nconnect_timeout = \"0s\"\nsearch_timeout = \"-1s\"\nidle = \"0s\"\n",
			[]string{"ldap.connections", "ldap.people", "ldap.fresh is more than 1h", "ldap.stale", "ldap.connect_timeout", "ldap.search_timeout", "ldap.idle"},
		},
	} {
		_, err := readConfig(write(t, tc.text))
		for _, want := range tc.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not tell of %q:\n%v", name, want, err)
			}
		}
	}
}

// TestDirectoryFiles: a password that others can read, or that is none, keeps
// the server from starting.
func TestDirectoryFiles(t *testing.T) {
	path := write(t, overLDAP)
	c, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(path)
	if _, err := ca.Create(filepath.Join(dir, "ca"), ca.Options{Name: "Settings Test CA", P256: true}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "password")
	open := func() error {
		d, err := c.people(slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return closeDirectory(d)
	}
	if err := open(); err == nil || !strings.Contains(err.Error(), "password of the directory") {
		t.Errorf("no file: %v", err)
	}
	for text, fault := range map[string]string{
		"": "one line", "\n": "one line", "a\nb\n": "one line", strings.Repeat("x", 5000): "larger", "secret": "", "secret\r\n": "",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := open()
		if fault == "" && err != nil || fault != "" && (err == nil || !strings.Contains(err.Error(), fault) || strings.Contains(err.Error(), "a\nb")) {
			t.Errorf("%.20q: %v, want %q", text, err, fault)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := open(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a password that others can read: %v", err)
	}
}
