package demo_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker/ca"
	"lanyard/broker/demo"
	"lanyard/card"
	"lanyard/card/virtual"
)

// options set up a bench in a folder, out of the way of all others.
func options(t *testing.T, dir string) demo.Options {
	t.Helper()
	return demo.Options{
		Dir: dir, Socket: filepath.Join(t.TempDir(), "agent.sock"), Cards: demo.Drawer,
		Log: slog.New(slog.DiscardHandler),
	}
}

func start(t *testing.T, dir string) {
	t.Helper()
	b, err := demo.Start(t.Context(), options(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFoldersOfOthers holds the demo to what is its own: it makes its material
// anew now and then, and must never clear a folder it was pointed at by mistake.
func TestFoldersOfOthers(t *testing.T) {
	for name, entry := range map[string]string{
		"a home":                  "thesis.txt",
		"the demo's among others": "ca/",
		"an authority's own":      "root.key",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, filepath.FromSlash(entry))
			if strings.HasSuffix(entry, "/") {
				if err := os.Mkdir(file, 0o700); err != nil {
					t.Fatal(err)
				}
				file = filepath.Join(dir, "thesis.txt")
			}
			if err := os.WriteFile(file, []byte("years of work"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := demo.Start(t.Context(), options(t, dir))
			if !errors.Is(err, demo.ErrFolder) || !strings.Contains(err.Error(), filepath.Base(file)) {
				t.Errorf("got %v", err)
			}
			if text, err := os.ReadFile(file); err != nil || string(text) != "years of work" {
				t.Errorf("the file is %q, %v", text, err)
			}
		})
	}
}

// TestTwoInOneFolder starts a second bench where one runs: it is told so, and
// the first one's material stays as it was.
func TestTwoInOneFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	first, err := demo.Start(t.Context(), options(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	before := holderOf(t, dir)
	if _, err := demo.Start(t.Context(), options(t, dir)); !errors.Is(err, demo.ErrInUse) {
		t.Errorf("the second: %v", err)
	}
	if after := holderOf(t, dir); after != before {
		t.Error("the first bench's card was made anew under it")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
}

func holderOf(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "holder"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMaterialThatCannotBeUsed is made anew: nobody has to clear a folder by
// hand for the demo to tell its story.
func TestMaterialThatCannotBeUsed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	start(t, dir)
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"an authority that has ended": func(t *testing.T, dir string) {
			authority := filepath.Join(dir, "ca")
			if err := os.RemoveAll(authority); err != nil {
				t.Fatal(err)
			}
			if _, err := ca.Create(authority, ca.Options{Demo: true, NotBefore: time.Now().Add(-2 * time.Hour), Validity: time.Hour}); err != nil {
				t.Fatal(err)
			}
		},
		"a card cut in half": func(t *testing.T, dir string) { halve(t, filepath.Join(dir, "cards", "demo.card")) },
		"a card with a try less": func(t *testing.T, dir string) {
			c, err := virtual.Open(t.Context(), filepath.Join(dir, "cards", "demo.card"), &virtual.Device{Dir: filepath.Join(dir, "device")})
			if err != nil {
				t.Fatal(err)
			}
			var wrong *card.PINError
			if err := c.VerifyPIN(t.Context(), card.NewPIN([]byte("00000000"))); !errors.As(err, &wrong) {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		},
		"an interrupted start": func(t *testing.T, dir string) {
			if err := errors.Join(os.Remove(filepath.Join(dir, "holder")), os.Mkdir(filepath.Join(dir, ".ca.123"), 0o700)); err != nil {
				t.Fatal(err)
			}
		},
		"sessions that cannot be read": func(t *testing.T, dir string) { halve(t, filepath.Join(dir, "sessions.db")) },
	} {
		t.Run(name, func(t *testing.T) {
			spoil(t, dir)
			start(t, dir)
			c, err := virtual.Open(t.Context(), filepath.Join(dir, "cards", "demo.card"), &virtual.Device{Dir: filepath.Join(dir, "device")})
			if err != nil {
				t.Fatal(err)
			}
			if left, _, err := c.Tries(t.Context()); err != nil || left != 3 {
				t.Errorf("%d tries left, %v", left, err)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(filepath.Join(dir, ".ca.123")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("what was left over stays: %v", err)
			}
			a, err := ca.Open(filepath.Join(dir, "ca"))
			if err != nil || time.Until(a.Root().NotAfter) < 24*time.Hour {
				t.Errorf("the authority is not good for a day: %v", err)
			}
		})
	}
}

func halve(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2); err != nil {
		t.Fatal(err)
	}
}

// TestStoryThatNobodyHears is no success: its reader waits for the last line.
func TestStoryThatNobodyHears(t *testing.T) {
	full := errors.New("no space left")
	err := demo.Story(t.Context(), writer(func([]byte) (int, error) { return 0, full }), options(t, filepath.Join(t.TempDir(), "demo")))
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// TestPartThatEnds ends the story at once, with the part's own reason.
func TestPartThatEnds(t *testing.T) {
	o := options(t, filepath.Join(t.TempDir(), "demo"))
	o.Listen = "0.0.0.0:0"
	begin := time.Now()
	err := demo.Story(t.Context(), &bytes.Buffer{}, o)
	if err == nil || !strings.Contains(err.Error(), "loopback") || strings.Contains(err.Error(), "deadline") {
		t.Errorf("got %v", err)
	}
	if d := time.Since(begin); d > 15*time.Second {
		t.Errorf("told after %v", d)
	}
}
