package times_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/agent/times"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func took(t *testing.T, f *times.File, m agent.Measure, d time.Duration) {
	t.Helper()
	if err := f.Took(t.Context(), m, d); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, path string) []times.Histogram {
	t.Helper()
	f, err := times.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return f.Histograms()
}

func TestEveryDurationHasItsBucket(t *testing.T) {
	for d, bucket := range map[time.Duration]int{
		0: 0, 100 * time.Millisecond: 0, 101 * time.Millisecond: 1, 400 * time.Millisecond: 2,
		6400 * time.Millisecond: 6, 6401 * time.Millisecond: 7, time.Hour: 7,
	} {
		f := times.New(filepath.Join(t.TempDir(), "times.json"), quiet())
		took(t, f, agent.PINToTicket, d)
		if h := f.Histograms()[agent.PINToTicket]; h.Buckets[bucket] != 1 || h.Count() != 1 {
			t.Errorf("%s is counted as %v", d, h.Buckets)
		}
	}
	if b := times.Bounds(); len(b) != 7 || b[0] != 100*time.Millisecond || b[6] != 6400*time.Millisecond {
		t.Errorf("bounds %v", b)
	}
}

func TestCountsGoOnAfterAStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "times.json")
	for _, h := range load(t, path) {
		if h.Count() != 0 || !h.Since.IsZero() {
			t.Fatalf("no file holds %+v", h)
		}
	}
	for range 3 {
		took(t, times.New(path, quiet()), agent.CardToQuestion, 50*time.Millisecond)
	}
	took(t, times.New(path, quiet()), agent.CardToQuestion, time.Second)
	hs := load(t, path)
	h := hs[agent.CardToQuestion]
	if h.Measure != agent.CardToQuestion || h.Count() != 4 || h.Since.IsZero() || time.Since(h.Since) > 48*time.Hour {
		t.Fatalf("kept is %+v", h)
	}
	if d, ok := h.Within(0.5); !ok || d != 100*time.Millisecond {
		t.Errorf("half stayed within %s", d)
	}
	if d, ok := h.Within(0.99); !ok || d != 1600*time.Millisecond {
		t.Errorf("99 of 100 stayed within %s", d)
	}
	if _, ok := hs[agent.ChangeOfUser].Within(0.5); ok {
		t.Error("nothing has a bound")
	}
	took(t, times.New(path, quiet()), agent.ChangeOfUser, time.Minute)
	if _, ok := load(t, path)[agent.ChangeOfUser].Within(0.5); ok {
		t.Error("what took longer than the last bound has one")
	}
	if runtime.GOOS != "windows" { // a profile's folder is its owner's there
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
	}
}

func TestDamagedFileIsSetAside(t *testing.T) {
	for name, text := range map[string]string{
		"cut": `{"times":{"card`, "other": "[]", "empty": "", "large": strings.Repeat(" ", 65<<10) + "{}",
		"buckets": `{"times":{"pin-to-ticket":{"since":"2026-11-24T00:00:00Z","buckets":[1,2]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "times.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := times.Load(path); !errors.Is(err, times.ErrDamaged) {
				t.Fatalf("loaded with %v", err)
			}
			var log bytes.Buffer
			f := times.New(path, slog.New(slog.NewTextHandler(&log, nil)))
			took(t, f, agent.PINToTicket, time.Second)
			took(t, f, agent.PINToTicket, time.Second)
			if n := load(t, path)[agent.PINToTicket].Count(); n != 2 {
				t.Errorf("%d are counted", n)
			}
			if old, err := os.ReadFile(path + ".damaged"); err != nil || string(old) != text {
				t.Errorf("the old file is not kept: %v", err)
			}
			if strings.Count(log.String(), "begins anew") != 1 {
				t.Errorf("the log tells:\n%s", &log)
			}
		})
	}
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := times.New(filepath.Join(file, "times.json"), quiet())
	if err := f.Took(t.Context(), agent.PINToTicket, time.Second); err == nil {
		t.Error("it was written below a file")
	}
	if err := f.Took(t.Context(), agent.Measures, time.Second); err == nil {
		t.Error("a measure that is none")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"times":{"pin-to-ticket":{"since":"2026-11-24T00:00:00Z","buckets":[1,2,3,4,5,6,7,8]}}}`))
	f.Add([]byte(`{"times":{}}`))
	f.Add([]byte(`{"times":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "times.json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := times.Load(path); err != nil && !errors.Is(err, times.ErrDamaged) {
			t.Fatal(err)
		}
		took(t, times.New(path, quiet()), agent.PINToTicket, time.Second)
		if n := load(t, path)[agent.PINToTicket].Count(); n == 0 {
			t.Fatal("the count is lost")
		}
	})
}
