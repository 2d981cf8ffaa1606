package pkcs11

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/card"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	have := filepath.Join(dir, "have.so")
	must(t, os.WriteFile(have, nil, 0o600))
	folder, missing := filepath.Join(dir, "folder.so"), filepath.Join(dir, "missing.so")
	must(t, os.Mkdir(folder, 0o700))

	got, err := find([]Module{{"A", []string{missing, have, have}}, {"B", []string{folder}}, {"C", []string{have}}})
	if err != nil || len(got) != 2 || got[0] != have || got[1] != have {
		t.Errorf("found %q, %v", got, err)
	}
	_, err = find([]Module{{"A", []string{missing}}, {"B", []string{folder}}})
	if !errors.Is(err, card.ErrModuleMissing) {
		t.Errorf("nothing there: %v", err)
	}
	for _, told := range []string{"A (" + missing + ")", "B (" + folder + ")"} {
		if !strings.Contains(err.Error(), told) {
			t.Errorf("%v does not tell of %s", err, told)
		}
	}
	if _, err := Find(missing); !errors.Is(err, card.ErrModuleMissing) || !strings.Contains(err.Error(), missing) {
		t.Errorf("setting: %v", err)
	}
	if paths, err := Find(""); err != nil || paths[0] != installed(t, "OpenSC") {
		t.Errorf("OpenSC does not come first: %q, %v", paths, err)
	}
}

func TestKnown(t *testing.T) {
	names := map[string]bool{}
	for _, m := range Known() {
		if m.Name == "" || names[m.Name] || len(m.Paths) == 0 {
			t.Errorf("%+v", m)
		}
		names[m.Name] = true
		for _, p := range m.Paths {
			if !filepath.IsAbs(p) {
				t.Errorf("%s: %s is not absolute", m.Name, p)
			}
		}
	}
}

func TestConfig(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	for name, c := range map[string]Config{
		"no logger":       {},
		"relative module": {Log: log, Module: "opensc-pkcs11.so"},
		"negative limit":  {Log: log, SignTimeout: -1},
	} {
		if _, err := NewOpener(c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// TestModulesThatAreNone: a path that leads nowhere, to something else, and to
// a library that is no module.
func TestModulesThatAreNone(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.so")
	must(t, os.WriteFile(text, []byte("not a library"), 0o600))
	for _, path := range []string{filepath.Join(t.TempDir(), "missing.so"), text} {
		o := newOpener(t, Config{Module: path})
		for range 2 {
			if _, err := o.OpenToken(t.Context(), Match{}); !errors.Is(err, card.ErrModuleMissing) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	o := newOpener(t, Config{Module: text})
	must(t, o.Close())
	if _, err := o.OpenToken(t.Context(), Match{}); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestIsReader(t *testing.T) {
	long := strings.Repeat("0123456789", 7)
	for _, c := range []struct {
		description, reader string
		want                bool
	}{
		{"Reader 00 00", "Reader 00 00", true},
		{"Reader 00 00", "Reader 00 01", false},
		{"Reader 00 00", "Reader 00 00 ", true},
		{"Reader 00 0", "Reader 00 00", false},
		{long[:64], long, true},
		{long[:61] + "...", long, true},
		{long[:60] + "x...", long, false},
		{long[:63], long, false},
		{"...", "...", true},
		{"", "Reader", false},
	} {
		if got := isReader([]byte(c.description), card.ReaderID(c.reader)); got != c.want {
			t.Errorf("%q is %q: %v", c.description, c.reader, got)
		}
	}
}

// TestPick: what is one card and what is two.
func TestPick(t *testing.T) {
	token := func(slot, label, serial string) tokenState {
		return tokenState{Name: tokenName{Slot: []byte(slot), Label: []byte(label), Serial: []byte(serial)}}
	}
	all := []tokenState{
		token("A", "User PIN", "1"), token("A", "Sign PIN", "1"),
		token("B", "x", "2"), token("B", "y", "3"),
		{Name: tokenName{Slot: []byte("C")}, Fail: &callError{Call: "C_GetTokenInfo", Code: ckrTokenNotRecognized}},
	}
	for _, c := range []struct {
		m    Match
		want int
	}{
		{Match{Reader: "A"}, 2},
		{Match{Reader: "B"}, 0}, // two cards whose readers cannot be told apart
		{Match{Reader: "C"}, 0},
		{Match{Reader: "D"}, 0},
		{Match{Label: "y"}, 1},
		{Match{Serial: "1"}, 2},
		{Match{Reader: "A", Serial: "2"}, 0},
		{Match{}, 2},
	} {
		got, err := c.m.pick(all)
		if len(got) != c.want || (err == nil) != (c.want > 0) || err != nil && !errors.Is(err, card.ErrUnsupported) {
			t.Errorf("%+v: %d tokens, %v", c.m, len(got), err)
		}
	}
}
