package logfile_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lanyard/broker/doctor/logfile"
)

func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "agent.log")
	f, err := logfile.Open(path, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 50 {
				if _, err := fmt.Fprintf(f, "writer %d line %04d\n", w, i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("x")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("written after the end: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v %v", entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 1000 || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has %d octets and mode %v", e.Name(), info.Size(), info.Mode())
		}
	}
	text, err := logfile.Tail(path, 1<<20)
	if err != nil || !strings.HasSuffix(string(text), "line 0049\n") || len(text) < 1000 {
		t.Errorf("%v: %d octets", err, len(text))
	}
	if text, err := logfile.Tail(path, 100); err != nil || len(text) != 100 {
		t.Errorf("%v: %d octets", err, len(text))
	}
}

func TestLogGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.log")
	for i := range 3 {
		f, err := logfile.Open(path, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(f, "run %d\n", i); err != nil {
			t.Error(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if text, err := logfile.Tail(path, 1000); err != nil || string(text) != "run 0\nrun 1\nrun 2\n" {
		t.Errorf("%q %v", text, err)
	}
	if text, err := logfile.Tail(path+".absent", 1000); err != nil || len(text) != 0 {
		t.Errorf("%q %v", text, err)
	}
}
