package ldif_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/directory/directorytest"
	"lanyard/broker/directory/ldif"
)

var update = flag.Bool("update", false, "write the golden files anew")

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func write(t testing.TB, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.ldif")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, text []byte) *ldif.Directory {
	t.Helper()
	d, err := ldif.Open(write(t, text), quiet())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestConformance(t *testing.T) {
	text := directorytest.LDIF()
	forms := map[string][]byte{
		"as it stands": text,
		"CRLF":         bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")),
		"BOM":          append([]byte("\ufeff"), text...),
		"folded":       fold(text, 7),
		"no version":   bytes.TrimPrefix(text, []byte("version: 1\n")),
		"children first": func() []byte {
			entries := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n\n")
			return []byte(entries[0] + "\n\n" + strings.Join(rotated(entries[1:]), "\n\n") + "\n")
		}(),
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			d := open(t, form)
			if f := d.Faults(); f.Count != 0 {
				t.Fatalf("%d faults: %v", f.Count, f.First[0])
			}
			directorytest.Run(t, d)
		})
	}
}

// rotated puts the persons' own entries behind all others.
func rotated(entries []string) []string {
	var first, last []string
	for _, e := range entries {
		if strings.Contains(e, "nhsPerson\n") {
			last = append(last, e)
		} else {
			first = append(first, e)
		}
	}
	return append(first, last...)
}

// fold breaks every line after some octets.
func fold(text []byte, width int) []byte {
	var b bytes.Buffer
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		for len(line) > width {
			b.WriteString(line[:width] + "\n ")
			line = line[width:]
		}
		b.WriteString(line + "\n")
	}
	return b.Bytes()
}

// TestBroken: every fault is told with line and name, and the rest is served.
func TestBroken(t *testing.T) {
	text, err := os.ReadFile("testdata/broken.ldif")
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, text)
	var got strings.Builder
	f := d.Faults()
	fmt.Fprintf(&got, "%d faults\n", f.Count)
	for _, x := range f.First {
		fmt.Fprintln(&got, x)
	}
	fmt.Fprintln(&got, "\nserved")
	for n := range 60 {
		u, err := d.User(t.Context(), broker.UID(fmt.Sprintf("9000000001%02d", n)))
		if err != nil {
			continue
		}
		fmt.Fprintf(&got, "%s %s", u.UID, u.CN())
		for _, r := range u.Roles {
			fmt.Fprintf(&got, " [%s %s %s]", r.ID, r.OrgCode, r.JobRoleCode)
		}
		fmt.Fprintln(&got)
	}
	golden(t, "testdata/broken.golden", got.String())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s:\n%s", path, got)
	}
}

// TestLimits: what is too large costs its own entry only.
func TestLimits(t *testing.T) {
	good := "dn: uid=900000000017,ou=People,o=nhs\nsn: Okafor\nnhsPersonStatus: 1\n\n"
	bad := "dn: uid=900000000025,ou=People,o=nhs\nsn: Large\n"
	for name, tc := range map[string]struct{ more, fault string }{
		"line of 70 kB":     {"description: " + strings.Repeat("x", 70<<10) + "\n", "line is longer"},
		"line of 3 MB":      {"description: " + strings.Repeat("x", 3<<20) + "\n", "line is longer"},
		"folded to 2 MB":    {"description: x\n" + strings.Repeat(" "+strings.Repeat("x", 1000)+"\n", 2000), "entry is larger"},
		"10,000 values":     {strings.Repeat("mail: a@b.example\n", 10_000), "entry is larger"},
		"name of 40 parts":  {"\ndn: " + strings.Repeat("ou=x,", 40) + "o=nhs\no: x\n", "name of the entry"},
		"blank of a zero":   {"description: a\x00b\n", "zero octet"},
		"no final line end": {"description: cut of", "middle of a line"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, []byte(good+bad+tc.more))
			f := d.Faults()
			if f.Count != 1 || !strings.Contains(f.First[0].Reason, tc.fault) {
				t.Fatalf("%d faults, %v, want %q", f.Count, f.First, tc.fault)
			}
			if _, err := d.User(t.Context(), "900000000017"); err != nil {
				t.Error(err)
			}
			if _, err := d.User(t.Context(), "900000000025"); !strings.HasPrefix(name, "name") && !errors.Is(err, directory.ErrUnknown) {
				t.Errorf("the entry at fault is served: %v", err)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ text, fault string }{
		"empty":          {"", "no person"},
		"not LDIF":       {"<gpOBJECT/>\n", "no attribute name"},
		"version 2":      {"version: 2\n\ndn: uid=900000000017,ou=People,o=nhs\nsn: A\n", "version"},
		"changes":        {"dn: uid=900000000017,ou=People,o=nhs\nchangetype: add\nsn: A\n", "change records"},
		"value by URL":   {"dn: uid=900000000017,ou=People,o=nhs\nsn:< file:///etc/passwd\n", "nothing is fetched"},
		"no person":      {"dn: ou=People,o=nhs\nou: People\n", "no person"},
		"one at fault":   {"dn: uid=17,ou=People,o=nhs\nsn: A\n", "12 digits"},
		"only a comment": {"# nothing\n to see\n", "no person"},
	} {
		if _, err := ldif.Open(write(t, []byte(tc.text)), quiet()); err == nil || !strings.Contains(err.Error(), tc.fault) {
			t.Errorf("%s: %v, want %q", name, err, tc.fault)
		}
	}
	if _, err := ldif.Open(filepath.Join(t.TempDir(), "none"), quiet()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestReload(t *testing.T) {
	path := write(t, directorytest.LDIF())
	d, err := ldif.Open(path, quiet())
	if err != nil {
		t.Fatal(err)
	}
	replace := func(text string) error {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return d.Reload()
	}
	if err := replace("garbage\n"); err == nil {
		t.Error("garbage was taken")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := d.Reload(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := d.User(t.Context(), "900000000017"); err != nil {
		t.Errorf("what was served is gone after a bad file: %v", err)
	}
	if err := replace("dn: uid=900000000090,ou=People,o=nhs\nsn: New\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.User(t.Context(), "900000000017"); !errors.Is(err, directory.ErrUnknown) {
		t.Errorf("old person: %v", err)
	}
	if u, err := d.User(t.Context(), "900000000090"); err != nil || u.Surname != "New" || d.Len() != 1 {
		t.Errorf("new person: %+v, %v, %d", u, err, d.Len())
	}
}

func TestFaultsAreLogged(t *testing.T) {
	var out bytes.Buffer
	text := "dn: uid=900000000017,ou=People,o=nhs\nsn: A\n\n" + strings.Repeat("dn: uid=18,ou=People,o=nhs\nsn: B\n\n", 30)
	if _, err := ldif.Open(write(t, []byte(text)), slog.New(slog.NewTextHandler(&out, nil))); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "entry is not served"); n != 20 || !strings.Contains(out.String(), "count=10") {
		t.Errorf("%d faults in the log:\n%s", n, out.String())
	}
}

// TestAppend: what is written is the golden file, and reads as what it was.
func TestAppend(t *testing.T) {
	d := open(t, directorytest.LDIF())
	text := []byte(ldif.Header)
	text = ldif.AppendOrganisation(text, ldif.Organisation{Code: "X9,P+02", Name: " ÓRLA'S", PostalCode: "ZZ99 3VZ", Parent: "X9M01"})
	var want []*broker.User
	for _, uid := range []broker.UID{"900000000017", "900000000025", "900000000033", "900000000041", "900000000058"} {
		u, err := d.User(t.Context(), uid)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, u)
		text = ldif.Append(text, u)
	}
	golden(t, "testdata/written.golden", string(text))
	back := open(t, text)
	if f := back.Faults(); f.Count != 0 {
		t.Fatalf("faults %v", f.First)
	}
	for _, u := range want {
		got, err := back.User(t.Context(), u.UID)
		if err != nil || !reflect.DeepEqual(got, u) {
			t.Errorf("%v\ngot  %+v\nwant %+v", err, got, u)
		}
	}
}
