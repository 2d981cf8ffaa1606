package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory/ldif"
)

func TestFresh(t *testing.T) {
	text, err := demo("..")
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../demo.ldif")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, committed) {
		t.Error("demo.ldif is not what the lists make: run go generate ./assets")
	}
}

// TestPeopleMadeForAPurpose holds the directory to its README.
func TestPeopleMadeForAPurpose(t *testing.T) {
	text, err := demo("..")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "demo.ldif")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := ldif.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if f := d.Faults(); f.Count != 0 {
		t.Fatalf("%d faults, the first: %v", f.Count, f.First[0])
	}
	if d.Len() < 40 {
		t.Errorf("%d people", d.Len())
	}
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		uid         broker.UID
		name        string
		active      bool
		roles, open int
	}{
		{"900000000017", "Grace Okafor", true, 3, 3},
		{"900000000025", "Siân Llywelyn-Rhys", true, 1, 1},
		{"900000000033", "Bartholomew Quick", true, 500, 500},
		{"900000000041", "Carol Ashdown", false, 1, 1},
		{"900000000049", "Ian Holloway", true, 2, 0},
		{"900000000057", "Niamh Ní Dhónaill", true, 0, 0},
		{"900000000065", "Zbigniew Święcicki", true, 1, 1},
		{"900000000073", "Oonagh Mac Giolla Bhríde", true, 2, 2},
	} {
		u, err := d.User(t.Context(), tc.uid)
		if err != nil {
			t.Errorf("%s: %v", tc.uid, err)
			continue
		}
		if u.DisplayName() != tc.name || u.Active != tc.active || len(u.Roles) != tc.roles || len(u.OpenRoles(at)) != tc.open {
			t.Errorf("%s is %s, active %v, %d roles, %d open", u.UID, u.DisplayName(), u.Active, len(u.Roles), len(u.OpenRoles(at)))
		}
	}
	if u, err := d.User(t.Context(), "900000000017"); err != nil || u.Roles[0].ID != "900000001015" || !u.Roles[1].Training {
		t.Errorf("first roles of the first person: %+v, %v", u, err)
	}
}

func TestListsAreChecked(t *testing.T) {
	l, err := readLists("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range []string{"", "X9M01", "X9M01:R9999", "NONE:R8000", "X9M01:R8000-20261301", "X9M01:R8000 more"} {
		if roles, err := l.rolesOf(spec); err == nil {
			t.Errorf("%q gives %+v", spec, roles)
		}
	}
}
