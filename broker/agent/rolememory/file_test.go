package rolememory_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/agent/rolememory"
)

const uid = broker.UID("900000000017")

var day = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func use(t *testing.T, f *rolememory.File, u broker.UID, role string, at time.Time) {
	t.Helper()
	if err := f.Used(t.Context(), u, broker.RoleProfileID(role), at); err != nil {
		t.Fatal(err)
	}
}

func TestRemembersAcrossRestarts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "roles.json")
	f := rolememory.New(path)
	if got, err := f.Uses(t.Context(), uid); err != nil || len(got) != 0 {
		t.Fatalf("a new memory holds %v: %v", got, err)
	}
	use(t, f, uid, "R1", day)
	use(t, f, uid, "R2", day.Add(time.Hour))
	use(t, f, uid, "R1", day.Add(2*time.Hour))
	got, err := rolememory.New(path).Uses(t.Context(), uid)
	if err != nil || len(got) != 2 || got["R1"] != (agent.Use{Count: 2, Last: day.Add(2 * time.Hour)}) {
		t.Fatalf("remembered %v: %v", got, err)
	}
	if other, err := f.Uses(t.Context(), "900000000025"); err != nil || len(other) != 0 {
		t.Fatalf("another person has %v: %v", other, err)
	}
}

func TestOnlyItsOwnerReadsIt(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // a profile's folder is its owner's there
	}
	path := filepath.Join(t.TempDir(), "new", "roles.json")
	use(t, rolememory.New(path), uid, "R1", day)
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestDamagedFileIsToldAndReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roles.json")
	for name, text := range map[string]string{"cut": `{"people":{"9`, "other": "[]", "large": string(make([]byte, 5<<20))} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f := rolememory.New(path)
		if _, err := f.Uses(t.Context(), uid); !errors.Is(err, rolememory.ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
		use(t, f, uid, "R1", day)
		if got, err := f.Uses(t.Context(), uid); err != nil || got["R1"].Count != 1 {
			t.Errorf("%s: after a use: %v %v", name, got, err)
		}
	}
}

func TestTheOldestIsForgotten(t *testing.T) {
	f := rolememory.New(filepath.Join(t.TempDir(), "roles.json"))
	for i := range 202 {
		use(t, f, broker.UID(fmt.Sprintf("9000000%05d", i)), "R1", day.Add(time.Duration(i)*time.Minute))
	}
	for i, want := range map[int]int{0: 0, 1: 0, 2: 1, 201: 1} {
		got, err := f.Uses(t.Context(), broker.UID(fmt.Sprintf("9000000%05d", i)))
		if err != nil || len(got) != want {
			t.Errorf("person %d has %d roles (%v), want %d", i, len(got), err, want)
		}
	}
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := rolememory.New(filepath.Join(file, "roles.json")).Used(t.Context(), uid, "R1", day); err == nil {
		t.Error("no error")
	}
}
