package command_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	newUser(t).script(t, []line{
		{line: "doctor --explain LY-3G00-1E1W --language en", out: "Does not work: Card\n"},
		{line: "doctor --explain ly3goo1e1w --language cy", out: "Ddim yn gweithio: Cerdyn\n"},
		{line: "doctor --explain err1002 --language en", out: "CARD-DAMAGED, also known as ERR1002\n"},
		{line: "doctor --explain CARD-MUTE --language en", out: "Wipe the chip"},
		{line: "doctor --explain nonsense --language en", status: 1, err: "nonsense is no code of Lanyard"},
		{line: "doctor --explain= --language en", status: 1, err: " is no code of Lanyard"},
		{line: "doctor --language fr", status: 1, err: `--language is "fr" and must be en or cy`},
	})
}

// TestDoctorOfAnEmptyHome looks at a home without settings and without an agent.
func TestDoctorOfAnEmptyHome(t *testing.T) {
	u := newUser(t)
	for line, want := range map[string]string{
		"doctor --language en": "trouble   Settings: The settings of this program cannot be used. [CONFIG-INVALID] settings: environment must name one of the profiles\n",
		"doctor --language cy": "trafferth Gosodiadau: Ni ellir defnyddio gosodiadau'r rhaglen hon. [CONFIG-INVALID]",
	} {
		status, out, err := u.run(t, line, "")
		if status != 1 || !strings.Contains(out, want) || !strings.HasPrefix(out, "LY-") || !strings.Contains(err, "see above") {
			t.Errorf("%s: status %d, %q\n%s", line, status, err, out)
		}
	}
	_, out, _ := u.run(t, "doctor --json --language en", "")
	var got struct {
		Short string `json:"short_code"`
		Rows  []struct{ ID, Verdict, Code, Next string }
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(got.Rows) != 18 || !strings.HasPrefix(got.Short, "LY-") {
		t.Errorf("%+v", got)
	}
	status, text, _ := u.run(t, "doctor --language en --explain "+got.Short, "")
	if status != 0 || !strings.Contains(text, "Settings") {
		t.Errorf("%s is explained as %s", got.Short, text)
	}
}

// unzip returns all that a zip file holds.
func unzip(t *testing.T, name string) string {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	all := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all += f.Name + "\n" + string(text)
	}
	return all
}

func TestBundle(t *testing.T) {
	u := newUser(t)
	name := filepath.Join(u.home, "x.zip")
	for _, line := range []string{"doctor --bundle x.zip", "doctor --with-names --bundle x.zip"} {
		if status, _, err := u.run(t, line, ""); status != 1 || !strings.Contains(err, "see above") {
			t.Fatalf("%s: %d %s", line, status, err)
		}
		all := unzip(t, name)
		host, err := os.Hostname()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(all, u.home) || !strings.Contains(all, "CONFIG-INVALID") {
			t.Errorf("%s: %s", line, all)
		}
		if !strings.Contains(line, "names") && strings.Contains(all, host) {
			t.Errorf("the computer's name is in it: %s", all)
		}
	}
	if status, _, err := u.run(t, "doctor --bundle absent/x.zip", ""); status != 1 || !strings.Contains(err, "bundle: ") {
		t.Errorf("%d %s", status, err)
	}
}
