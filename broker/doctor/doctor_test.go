package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/broker/doctor"
	"lanyard/broker/settings"
	"lanyard/card"
	"lanyard/card/virtual"
)

func write(t *testing.T, text string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "agent.toml")
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

const good = "environment = \"local\"\n[profiles.local]\nserver = \"https://127.0.0.1:8443\"\nanchors = [\"ca.pem\"]\n"

// healthy is a machine where everything but the agent is in order.
func healthy(t *testing.T) doctor.Config {
	return doctor.Config{
		Files: []string{write(t, good)}, Socket: filepath.Join(t.TempDir(), "agent.sock"),
		Device:  &virtual.Device{Dir: t.TempDir()},
		Check:   func(settings.Settings) error { return nil },
		Readers: func(context.Context) ([]card.ReaderID, error) { return []card.ReaderID{"Омникей 3021"}, nil },
		Module:  func(string) (string, error) { return "/usr/lib/opensc-pkcs11.so", nil },
	}
}

func find(t *testing.T, rows []doctor.Row, name string) doctor.Row {
	t.Helper()
	for _, r := range rows {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no row %q in %+v", name, rows)
	return doctor.Row{}
}

func TestExamine(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*doctor.Config)
		row     string
		verdict doctor.Verdict
		cause   string
	}{
		{"healthy", func(*doctor.Config) {}, "readers", doctor.Good, "Омникей 3021"},
		{"no agent", func(*doctor.Config) {}, "agent", doctor.Trouble, "AGENT-ABSENT"},
		{"settings that cannot be read", func(c *doctor.Config) { c.Files = []string{write(t, "surprise = 1\n")} }, "settings", doctor.Trouble, "CONFIG-INVALID"},
		{"settings an agent refuses", func(c *doctor.Config) {
			c.Check = func(settings.Settings) error { return errors.New("anchor is not there") }
		}, "settings", doctor.Trouble, "anchor is not there"},
		{"no service", func(c *doctor.Config) {
			c.Readers = func(context.Context) ([]card.ReaderID, error) { return nil, card.ErrNoService }
		}, "readers", doctor.Trouble, "READER-SERVICE"},
		{"service refuses", func(c *doctor.Config) {
			c.Readers = func(context.Context) ([]card.ReaderID, error) { return nil, fmt.Errorf("x: %w", card.ErrAccess) }
		}, "readers", doctor.Trouble, "READER-DENIED"},
		{"no reader", func(c *doctor.Config) {
			c.Readers = func(context.Context) ([]card.ReaderID, error) { return nil, nil }
		}, "readers", doctor.Trouble, "READER-NONE"},
		{"no module: PIV cards need none", func(c *doctor.Config) {
			c.Module = func(string) (string, error) { return "", card.ErrModuleMissing }
		}, "PKCS#11 module", doctor.Look, "MODULE-MISSING"},
		{"cards from a drawer need neither", func(c *doctor.Config) {
			c.Files = []string{write(t, good+"[card]\nsource = \"drawer\"\ndrawer = \"cards\"\n")}
			c.Readers = func(context.Context) ([]card.ReaderID, error) { return nil, card.ErrNoService }
		}, "readers", doctor.Good, "drawer"},
		{"a device key outside the keyring is told", func(c *doctor.Config) {
			if _, err := c.Device.DeviceKey(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, "device key of virtual cards", doctor.Look, "in a file of its own"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conf := healthy(t)
			c.change(&conf)
			r := find(t, doctor.Examine(t.Context(), conf), c.row)
			if r.Verdict != c.verdict || !strings.Contains(r.Cause, c.cause) {
				t.Errorf("%s: %s", r.Verdict, r.Cause)
			}
			if r.Verdict == doctor.Trouble && (r.Next == "" || r.Actor == "") {
				t.Errorf("trouble without a next step: %+v", r)
			}
		})
	}
}

func TestWorst(t *testing.T) {
	for want, rows := range map[doctor.Verdict][]doctor.Row{
		doctor.Good:    {{Verdict: doctor.Good}},
		doctor.Look:    {{Verdict: doctor.Good}, {Verdict: doctor.Look}, {Verdict: doctor.Good}},
		doctor.Trouble: {{Verdict: doctor.Look}, {Verdict: doctor.Trouble}, {Verdict: doctor.Look}},
	} {
		if got := doctor.Worst(rows); got != want {
			t.Errorf("%+v: %s", rows, got)
		}
	}
}
