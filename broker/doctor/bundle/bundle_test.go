package bundle_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lanyard/broker/doctor/bundle"
	"lanyard/broker/settings"
)

// What must not be in a bundle.
const (
	ticket = "AQIC5wM2LY4SfczEXAMPLE0123456789+abcdefgh/XYZ=.*AAJTSQACMDE.*"
	person = `Siân "Shan" Llywelyn-Rhys`
	number = "900000000025"
	host   = "WARD-3-PC"
	home   = "/home/sllywelyn"
	login  = "sllywelyn"
)

func secrets() []string {
	key := bytes.Repeat([]byte{0xa7, 0x3c, 0x11}, 16)
	return []string{ticket, "739146", "hunter2", base64.StdEncoding.EncodeToString(key), hex.EncodeToString(key), "MIIEvQIBADAN", "horse battery", "bnVyc2U6aHVudGVyMg==", "c2hvcnQ"}
}

func names() []string {
	return []string{"Llywelyn", "LLYWELYN", "Siân", "OKAFOR", "GRACE", "Gwenllian", number, host, strings.ToLower(host), home, login}
}

// everywhere is a text that holds all of them, in the ways a log may.
func everywhere() string {
	s := secrets()
	quoted, _ := json.Marshal(person)
	return strings.Join([]string{
		`msg="signed on" user=` + person + ` uid=` + number, `{"name":` + string(quoted) + `,"uid":"` + number + `"}`,
		"sso=" + ticket, "cookie " + ticket + ";", "https://server/?t=" + ticket, "PIN: " + s[1], `"pin":"` + s[1] + `"`, "password=" + s[2],
		"proxy http://nurse:" + s[2] + "@proxy:3128", "key " + s[3], "key=" + s[4], "-----BEGIN PRIVATE KEY-----\n" + s[5] + "\n-----END PRIVATE KEY-----",
		`password="correct horse battery" tries=2`, `{"passcode":"correct horse battery"}`, "Proxy-Authorization: Basic bnVyc2U6aHVudGVyMg==", "authorization: Bearer c2hvcnQ",
		"proxy http://nurse:p@" + s[2] + "@proxy:3128", "CN=" + number + "_OKAFOR GRACE,OU=Nurses", "cn=" + number + "_O'Neill_Gwenllian: expired", "dir/" + number + "_", "open " + home + "/.config/lanyard/agent.toml", "at " + host, "at " + strings.ToLower(host), "LLYWELYN-RHYS, Siân", "reader Омникей 3021 answers CARD-MUTE",
	}, "\n") + "\n"
}

func contents(withNames bool) bundle.Contents {
	return bundle.Contents{
		At: time.Date(2026, 11, 24, 8, 14, 0, 0, time.UTC), JSON: []byte(everywhere()), Text: []byte(everywhere()), Log: []byte(everywhere()), Times: []byte(everywhere()),
		Settings: settings.Settings{Environment: "live", Profiles: map[string]settings.Profile{
			"live": {Server: "https://id.example.nhs.wales", Anchors: []string{home + "/ca.pem"}, Proxy: "http://nurse:hunter2@proxy:3128"},
		}},
		System: map[string]string{"os": everywhere()}, Session: map[string]string{"LANG": everywhere()},
		Redactor: bundle.Redactor{Names: withNames, Known: []bundle.Known{{person, "[person]"}, {host, "[computer]"}, {home, "[home]"}, {login, "[user]"}, {"", "[nobody]"}}},
	}
}

func unzip(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

func TestNothingSecretInABundle(t *testing.T) {
	for _, withNames := range []bool{false, true} {
		var out bytes.Buffer
		if err := contents(withNames).Write(&out); err != nil {
			t.Fatal(err)
		}
		files := unzip(t, out.Bytes())
		if len(files) != 7 {
			t.Errorf("%d parts", len(files))
		}
		for name, text := range files {
			for _, s := range secrets() {
				if strings.Contains(text, s) {
					t.Errorf("names %t: %s holds %q:\n%s", withNames, name, s, text)
				}
			}
			for _, n := range names() {
				if !withNames && strings.Contains(text, n) {
					t.Errorf("%s holds %q:\n%s", name, n, text)
				}
			}
		}
		if log := files["agent.log"]; !strings.Contains(log, "reader Омникей 3021 answers CARD-MUTE") || strings.Contains(log, number) != withNames {
			t.Errorf("names %t: the log became\n%s", withNames, log)
		}
		if set := files["settings.toml"]; !strings.Contains(set, "https://id.example.nhs.wales") || !strings.Contains(set, "http://proxy:3128") {
			t.Errorf("the settings became\n%s", set)
		}
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, bundle.Name(contents(false).At))
	if err := os.WriteFile(path, []byte("older"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := contents(false).Save(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "lanyard-2026-11-24-081400.zip" {
		t.Errorf("%v %v", entries, err)
	}
	if err := contents(false).Save(filepath.Join(dir, "absent", "x.zip")); err == nil {
		t.Error("saved in a folder that is not there")
	}
}

func TestOfALongLogTheEndIsKept(t *testing.T) {
	c := contents(true)
	c.Log = append(bytes.Repeat([]byte("an old line\n"), 200_000), "the last line\n"...)
	var out bytes.Buffer
	if err := c.Write(&out); err != nil {
		t.Fatal(err)
	}
	log := unzip(t, out.Bytes())["agent.log"]
	if len(log) > 1<<20 || !strings.HasSuffix(log, "the last line\n") || !strings.HasPrefix(log, "an old line\n") {
		t.Errorf("%d octets: %.30q ... ", len(log), log)
	}
}

func TestSystem(t *testing.T) {
	m := bundle.System(t.Context(), "1.2")
	if m["program"] != "1.2" || m["os"] == "" || m["kernel"] == "" {
		t.Errorf("%v", m)
	}
	s := bundle.Session(func(name string) string {
		return map[string]string{"LANG": "cy_GB.UTF-8", "HTTPS_PROXY": "http://a:b@c"}[name]
	})
	if s["LANG"] != "cy_GB.UTF-8" || s["HTTPS_PROXY"] != "set" || len(s) != 2 {
		t.Errorf("%v", s)
	}
	if !slices.ContainsFunc(bundle.Here(), func(k bundle.Known) bool { return k.Instead == "[home]" }) {
		t.Errorf("%v", bundle.Here())
	}
}
